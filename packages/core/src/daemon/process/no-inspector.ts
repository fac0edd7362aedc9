/**
 * Node opens the inspector's port on a SIGUSR1 that nobody listens to. The daemon listens to all signals once it starts
 * (`signals.ts`); this, imported first of all, covers the loading of everything else.
 */
process.on("SIGUSR1", () => {});
