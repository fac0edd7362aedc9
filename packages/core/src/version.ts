import manifest from "../package.json" with { type: "json" };

/** This release, as its package says; the bundler writes it into the bundle. */
export const VERSION: string = manifest.version;
