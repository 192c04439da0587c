import { NUM_ACTIONS, OBS_SIZE } from "../game/rules";

/** A reset frame at the station as the server writes it, with fields of the frame or of its render state replaced. For tests. */
export function rawFrame(
  frame: Record<string, unknown>,
  renderState: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    schema_version: 1,
    frame_index: 0,
    t: 0,
    dt: 0,
    action: null,
    action_name: null,
    reward: 0,
    terminated: false,
    truncated: false,
    events: [],
    render_state: {
      observation: new Array(OBS_SIZE).fill(0),
      time_remaining: 20000,
      credits: 0,
      total_spend: 0,
      net_profit: 0,
      node: 0,
      known_graph: {
        nodes: [{ id: 0, type: "station", visited: true, steps_to_station: 0 }],
        edges: [],
      },
      action_mask: new Array(NUM_ACTIONS).fill(1),
      ...renderState,
    },
    ...frame,
  };
}
