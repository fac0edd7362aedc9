/**
 * Node opens the inspector's port on a SIGUSR1 without a listener. The daemon handles all signals once it starts
 * (`signals.ts`); this module, imported first, covers the time until everything else is loaded.
 */
process.on("SIGUSR1", () => {});
