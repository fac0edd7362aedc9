/** How a target is connected to, and how it is probed. */
export const PROFILES_AND_MODULES = `
alter table instance add column profile text, add column module text;
comment on column instance.profile is 'Profile of the configuration with which the target is connected to; null: none.';
comment on column instance.module is 'Module of the configuration with which the target is probed; null for other kinds than probe.';
`;
