/* oxlint-disable no-underscore-dangle */
/** Globals that CommonJS libraries expect; the bundler injects them only into modules that do not declare them. */
export const __filename = import.meta.filename;
export const __dirname = import.meta.dirname;
