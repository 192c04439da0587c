import type { Frame } from "../api/frame";
import type { SourceView } from "../player/frame-source";
import { MARKER_LABEL, type MarkerKind } from "../player/markers";
import { type PlayerCommand, type PlayerState, SPEEDS } from "../player/player";
import { integer } from "../theme/numbers";
import { Icon, type IconName } from "./icons";
import { Scrubber } from "./scrubber";

interface TransportProps {
  state: PlayerState;
  view: SourceView;
  frame: Frame;
  pending: boolean;
  copied: boolean;
  download: string;
  send: (command: PlayerCommand) => void;
  onJump: (direction: 1 | -1, kind?: MarkerKind) => void;
  onLink: () => void;
  onHelp: () => void;
}

/** The scrubber and the buttons under the sector view. */
export function Transport(props: TransportProps) {
  const { state, view, frame, send, onJump } = props;
  const tick = frame.t + frame.dt;
  return (
    <section className="panel transport" aria-label="Playback">
      <Scrubber state={state} view={view} send={send} />
      <div className="row controls">
        <Press icon="previousEvent" name="Previous event" onPress={() => onJump(-1)} />
        <Press icon="stepBack" name="One frame back" onPress={() => send({ type: "step", by: -1 })} />
        <button
          type="button"
          className="button primary icon play"
          aria-label={state.playing ? "Pause" : "Play"}
          onClick={() => send({ type: "toggle" })}
        >
          <Icon name={state.playing ? "pause" : "play"} />
        </button>
        <Press icon="stepOn" name="One frame on" onPress={() => send({ type: "step", by: 1 })} />
        <Press icon="nextEvent" name="Next event" onPress={() => onJump(1)} />
        <label>
          <span className="visually-hidden">Speed</span>
          <select
            value={state.speed}
            onChange={(event) => send({ type: "speed", speed: Number(event.target.value) })}
          >
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speed}×
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className={state.loop ? "button icon on" : "button icon"}
          aria-label="Loop"
          aria-pressed={state.loop}
          title="Loop"
          onClick={() => send({ type: "loop" })}
        >
          <Icon name="loop" />
        </button>
        <p className="counter">
          <span data-testid="frame-index">{integer(state.index)}</span>
          <span className="dim"> / {integer(Math.max(0, state.total - 1))}</span>
          <span className="dim tick"> · tick {integer(tick)}</span>
        </p>
        <p className="dim pending" aria-live="polite">
          {view.error ? `Trouble: ${view.error.message}` : props.pending ? "Loading…" : ""}
        </p>
        <span className="spacer" />
        <button type="button" className="button" onClick={props.onLink}>
          <Icon name="link" />
          <span aria-live="polite">{props.copied ? "Copied" : "Link"}</span>
        </button>
        <a className="button" href={props.download} download>
          <Icon name="download" />
          Frames
        </a>
        <button
          type="button"
          className="button icon"
          aria-label="Keys"
          title="Keys (?)"
          onClick={props.onHelp}
        >
          ?
        </button>
      </div>
      <Legend view={view} onJump={onJump} />
    </section>
  );
}

function Press({ icon, name, onPress }: { icon: IconName; name: string; onPress: () => void }) {
  return (
    <button type="button" className="button icon" aria-label={name} title={name} onClick={onPress}>
      <Icon name={icon} />
    </button>
  );
}

/** How often each kind of event happened (as far as loaded); pressing one goes to the next of its kind. */
function Legend({ view, onJump }: Pick<TransportProps, "view" | "onJump">) {
  const counts = new Map<MarkerKind, number>();
  for (const marker of view.markers) counts.set(marker.kind, (counts.get(marker.kind) ?? 0) + 1);
  return (
    <ul className="legend" aria-label="Events">
      {(Object.keys(MARKER_LABEL) as MarkerKind[]).map((kind) => (
        <li key={kind}>
          <button
            type="button"
            className={`kind ${kind}`}
            disabled={!counts.has(kind)}
            onClick={() => onJump(1, kind)}
            title={`Go to the next: ${MARKER_LABEL[kind].toLowerCase()}`}
          >
            {MARKER_LABEL[kind]} {counts.get(kind) ?? 0}
          </button>
        </li>
      ))}
    </ul>
  );
}
