import type { components } from "./schema";

/** Records that the server sends: short names for the generated types. Their classes are the server's. */
type Schemas = components["schemas"];

export type Run = Schemas["RunOut"];
export type RunList = Schemas["RunList"];
/** Metrics of a window; null where the window has no value (no finished episode). */
export type WindowRow = Schemas["WindowOut"];
export type WindowList = Schemas["WindowList"];
export type Replay = Schemas["ReplayOut"];
export type ReplayList = Schemas["ReplayList"];
export type FramePage = Schemas["FramePage"];
export type Completeness = Schemas["CompletenessOut"];
export type Benchmark = Schemas["BenchmarkOut"];
export type BenchmarkList = Schemas["BenchmarkList"];
export type BenchmarkDetail = Schemas["BenchmarkDetail"];
export type BenchmarkResults = Schemas["Results"];
export type BenchmarkStatus = Schemas["BenchmarkStatus"];
export type Interval = Schemas["KpiMean"]["ci95"];
export type PlayOpened = Schemas["PlayOpened"];
export type PlayStepped = Schemas["PlayStepped"];
export type LiveMessage = Schemas["LiveMessage"];
export type ErrorBody = Schemas["ErrorOut"];
export type RawFrame = Schemas["Frame"];
