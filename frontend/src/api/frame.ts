import { type GameEvent, NUM_ACTIONS, OBS_SIZE } from "../game/rules";
import type { RawFrame } from "./records";

/** A frame as the app uses it, whatever schema version it came in (records.md, "Frame"). */
export interface Frame {
  index: number;
  /** ticks before the step */
  t: number;
  dt: number;
  action: number | null;
  actionName: string | null;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  events: GameEvent[];
  observation: Float32Array;
  timeRemaining: number;
  credits: number;
  totalSpend: number;
  netProfit: number;
  node: number;
  graph: KnownGraph;
  actionMask: Uint8Array;
  policy: Policy | null;
  info: RawFrame["info"] | null;
}

export type KnownGraph = RawFrame["render_state"]["known_graph"];

/** The decision that led to a frame: what the policy made of the frame before it. */
export type Policy = NonNullable<RawFrame["policy"]>;

export class FrameFormatError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FrameFormatError";
  }
}

type Parser = (raw: Record<string, unknown>) => Frame;

/** One parser a schema version; a new version is a new entry, the old ones stay. */
const PARSERS: Readonly<Record<number, Parser>> = { 1: parseVersion1 };

export function parseFrame(raw: unknown): Frame {
  const record = asRecord(raw, "frame");
  const version = record.schema_version;
  const parser = typeof version === "number" ? PARSERS[version] : undefined;
  if (!parser) {
    const known = Object.keys(PARSERS).join(", ");
    throw new FrameFormatError(`schema_version is ${String(version)}, this app reads ${known}`);
  }
  return parser(record);
}

function parseVersion1(raw: Record<string, unknown>): Frame {
  const state = asRecord(raw.render_state, "render_state");
  const graph = asRecord(state.known_graph, "render_state.known_graph");
  return {
    index: asNumber(raw.frame_index, "frame_index"),
    t: asNumber(raw.t, "t"),
    dt: asNumber(raw.dt, "dt"),
    action: raw.action == null ? null : asNumber(raw.action, "action"),
    actionName: typeof raw.action_name === "string" ? raw.action_name : null,
    reward: asNumber(raw.reward, "reward"),
    terminated: raw.terminated === true,
    truncated: raw.truncated === true,
    events: asArray(raw.events, "events") as GameEvent[],
    observation: Float32Array.from(numbers(state.observation, OBS_SIZE, "render_state.observation")),
    timeRemaining: asNumber(state.time_remaining, "render_state.time_remaining"),
    credits: asNumber(state.credits, "render_state.credits"),
    totalSpend: asNumber(state.total_spend, "render_state.total_spend"),
    netProfit: asNumber(state.net_profit, "render_state.net_profit"),
    node: asNumber(state.node, "render_state.node"),
    graph: {
      nodes: asArray(graph.nodes, "render_state.known_graph.nodes") as KnownGraph["nodes"],
      edges: asArray(graph.edges, "render_state.known_graph.edges") as KnownGraph["edges"],
    },
    actionMask: Uint8Array.from(numbers(state.action_mask, NUM_ACTIONS, "render_state.action_mask")),
    policy: raw.policy == null ? null : (asRecord(raw.policy, "policy") as unknown as Policy),
    info: raw.info == null ? null : (asRecord(raw.info, "info") as RawFrame["info"]),
  };
}

function asRecord(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameFormatError(`${name} is ${shown(value)}, an object is wanted`);
  }
  return value as Record<string, unknown>;
}

function asArray(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new FrameFormatError(`${name} is ${shown(value)}, a list is wanted`);
  return value;
}

function asNumber(value: unknown, name: string): number {
  if (typeof value !== "number") {
    throw new FrameFormatError(`${name} is ${shown(value)}, a number is wanted`);
  }
  return value;
}

function numbers(value: unknown, length: number, name: string): number[] {
  const list = asArray(value, name);
  if (list.length !== length) {
    throw new FrameFormatError(`${name} has ${list.length} entries, ${length} are wanted`);
  }
  return list as number[];
}

function shown(value: unknown): string {
  return value === undefined ? "missing" : (JSON.stringify(value)?.slice(0, 40) ?? typeof value);
}
