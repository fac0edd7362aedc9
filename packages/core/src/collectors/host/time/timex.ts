import { CloudMonitorError, messageOf } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { loadAdjtimex } from "../../../platform/adjtimex.ts";
import type { ClockState } from "../../../platform/adjtimex.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";

export const TIMEX: HostCollectorDefinition = {
  name: "timex",
  families: [
    ...families(
      { type: "gauge", labels: [] },
      {
        node_timex_estimated_error_seconds: "Estimated error of the clock.",
        node_timex_frequency_adjustment_ratio: "Rate at which the clock is made to run, 1 without an adjustment.",
        node_timex_loop_time_constant: "Time constant of the phase-locked loop.",
        node_timex_maxerror_seconds: "Maximum error of the clock.",
        node_timex_offset_seconds: "Offset between the clock and its reference that remains to be corrected.",
        node_timex_pps_frequency_hertz: "Frequency of the pulse per second.",
        node_timex_pps_jitter_seconds: "Jitter of the pulse per second.",
        node_timex_pps_shift_seconds: "Duration of an interval of the pulse per second.",
        node_timex_pps_stability_hertz:
          "Stability of the pulse per second, average of recent changes of its frequency.",
        node_timex_status: "The bits STA_* of adjtimex(2).",
        node_timex_sync_status: "1 if the clock is synchronized with a reliable server, 0 if it is not.",
        node_timex_tai_offset_seconds: "Offset of International Atomic Time.",
        node_timex_tick_seconds: "Time that the clock advances with each of its ticks.",
      },
    ),
    ...families(
      { type: "counter", labels: [] },
      {
        node_timex_pps_calibration_total: "Calibration intervals of the pulse per second.",
        node_timex_pps_error_total: "Errors in the calibration of the pulse per second.",
        node_timex_pps_jitter_total: "Times that the limit of jitter of the pulse per second was exceeded.",
        node_timex_pps_stability_exceeded_total:
          "Times that the limit of stability of the pulse per second was exceeded.",
      },
    ),
  ],
  settings: {},
  create: () => new TimexCollector(loadAdjtimex),
};

/** How well the clock is synchronized, from adjtimex(2). The library for the call is optional: without it the collector fails. */
export class TimexCollector implements HostCollector {
  readonly #load: () => () => ClockState;
  #read: (() => ClockState) | null = null;

  constructor(load: () => () => ClockState) {
    this.#load = load;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    try {
      this.#read ??= this.#load();
      for (const [name, value] of timexValues(this.#read())) out.series(name, "", value);
    } catch (error) {
      throw new CloudMonitorError("COLLECT_FAILED", `unavailable: ${messageOf(error)}`, { cause: error });
    }
  }
}

/** The clock is not synchronized. */
const TIME_ERROR = 5;
/** Bit of the status: offset and jitter are in nanoseconds instead of microseconds. */
const STA_NANO = 0x2000;
const MICROSECONDS = 1e6;
const NANOSECONDS = 1e9;
/** Frequencies are in parts per million with a fraction of 16 bits. */
const FREQUENCY = 1e6 * 65_536;

/** Values by family, from the fields of `struct timex` (include/uapi/linux/timex.h) by their offset on 64-bit Linux. */
export function timexValues({ state, timex }: ClockState): [name: string, value: number][] {
  const long = (offset: number) => Number(isLittleEndian ? timex.readBigInt64LE(offset) : timex.readBigInt64BE(offset));
  const int = (offset: number) => (isLittleEndian ? timex.readInt32LE(offset) : timex.readInt32BE(offset));
  const status = int(40);
  const fraction = (status & STA_NANO) === 0 ? MICROSECONDS : NANOSECONDS;
  return [
    ["node_timex_offset_seconds", long(8) / fraction],
    ["node_timex_frequency_adjustment_ratio", 1 + long(16) / FREQUENCY],
    ["node_timex_maxerror_seconds", long(24) / MICROSECONDS],
    ["node_timex_estimated_error_seconds", long(32) / MICROSECONDS],
    ["node_timex_status", status],
    ["node_timex_loop_time_constant", long(48)],
    ["node_timex_tick_seconds", long(88) / MICROSECONDS],
    ["node_timex_pps_frequency_hertz", long(96) / FREQUENCY],
    ["node_timex_pps_jitter_seconds", long(104) / fraction],
    ["node_timex_pps_shift_seconds", int(112)],
    ["node_timex_pps_stability_hertz", long(120) / FREQUENCY],
    ["node_timex_pps_jitter_total", long(128)],
    ["node_timex_pps_calibration_total", long(136)],
    ["node_timex_pps_error_total", long(144)],
    ["node_timex_pps_stability_exceeded_total", long(152)],
    ["node_timex_tai_offset_seconds", int(160)],
    ["node_timex_sync_status", state === TIME_ERROR ? 0 : 1],
  ];
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
