/** Ids per page of `/metrics/instances`: about 9 MB of text. */
export const PAGE_IDS = 5_000;

/**
 * Where the series of an instance are: 0 is `/metrics`, k is page k of `/metrics/instances`. It follows from the id alone, so
 * nothing that happens to other instances moves a series, which Prometheus would take for a new one. `instancesMax` ids
 * are on `/metrics`, id 0 is this host; the hosts of other daemons, with negative ids, come with it.
 */
export function placeOf(publicId: number, instancesMax: number): number {
  if (instancesMax > 0 && publicId <= instancesMax) return 0;
  return Math.max(1, Math.ceil((publicId - instancesMax) / PAGE_IDS));
}
