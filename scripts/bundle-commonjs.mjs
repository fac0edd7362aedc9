/* oxlint-disable no-underscore-dangle */
/** What libraries in CommonJS take for granted; the bundler puts it only where a module declares none of its own. */
export const __filename = import.meta.filename;
export const __dirname = import.meta.dirname;
