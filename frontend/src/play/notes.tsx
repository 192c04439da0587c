import { useState } from "react";
import type { Frame } from "../api/frame";
import { eventText, frameAction } from "../render/event-text";
import { fixed, integer, percent, signed } from "../theme/numbers";
import type { Trouble } from "./game";

/** What is said around the game: its seed, what happened, how it ended, what went wrong. */
export function NewGame(props: {
  seed: number | null;
  onStart: (seed: number | undefined) => void;
  onHelp: () => void;
}) {
  const [text, setText] = useState("");
  return (
    <form
      className="row new-game"
      onSubmit={(event) => {
        event.preventDefault();
        props.onStart(text === "" ? undefined : Number(text));
      }}
    >
      <p>
        <span className="dim">Seed</span> <strong data-testid="seed">{props.seed ?? "…"}</strong>
      </p>
      <span className="spacer" />
      <label>
        <span className="visually-hidden">Seed of the new game</span>
        <input
          type="text"
          inputMode="numeric"
          pattern="\d{1,15}"
          title="A whole number of up to 15 digits"
          placeholder="any seed"
          value={text}
          onChange={(event) => setText(event.target.value.trim())}
        />
      </label>
      <button type="submit" className="button">
        New game
      </button>
      <button type="button" className="button icon" aria-label="Keys" title="Keys (?)" onClick={props.onHelp}>
        ?
      </button>
    </form>
  );
}

export function Log({ frames, total }: { frames: readonly Frame[]; total: number }) {
  return (
    <section className="panel log" aria-label="Log">
      <h2 className="row">
        Log
        <span className="spacer" />
        <span>return {signed(total, 2)}</span>
      </h2>
      {frames.length === 0 && (
        <p className="dim small">
          Fly to a cluster, scan, select an asteroid, mine it and bring the goods home before heat, pirates or
          an empty tank end the trip. Press ? for the keys.
        </p>
      )}
      <ol>
        {frames.map((frame) => (
          <li key={frame.index}>
            <span className="dim tick">{integer(frame.t + frame.dt)}</span>
            <span>
              {frameAction(frame)}
              {frame.events
                .filter((e) => e.type !== "travel" && e.type !== "dock")
                .map((event) => {
                  const { text, tone } = eventText(event);
                  return (
                    <span key={text} className={`told ${tone}`}>
                      {text}
                    </span>
                  );
                })}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function ending(frame: Frame): string {
  const types = new Set(frame.events.map((e) => e.type));
  if (types.has("cash_out")) return "Cashed out";
  if (types.has("destroyed")) return "The ship was destroyed";
  if (types.has("stranded")) return "Stranded without fuel";
  return "Time ran out";
}

export function Summary(props: {
  frame: Frame;
  total: number;
  seed: number | undefined;
  onStart: (seed: number | undefined) => void;
}) {
  const { frame, total, seed, onStart } = props;
  const info = (name: keyof NonNullable<Frame["info"]>) => Number(frame.info?.[name] ?? 0);
  const facts: [string, string][] = [
    ["Credits", integer(frame.credits)],
    ["Net profit", integer(frame.netProfit)],
    ["Return", signed(total, 2)],
    ["Steps", integer(frame.index)],
    ["Ticks", integer(frame.t + frame.dt)],
    ["Survived", info("survival") > 0 ? "yes" : "no"],
    ["Pirate raids", integer(info("pirate_encounters"))],
    ["Lost to pirates", `${integer(info("value_lost_to_pirates"))} cr`],
    ["Mining ticks", integer(info("mining_ticks"))],
    ["Hold used", percent(info("cargo_utilization_avg"), 1)],
    ["Fuel used", fixed(info("fuel_used"), 0)],
    ["Scans", integer(info("scan_count"))],
  ];
  return (
    <section className="panel summary" role="status" aria-label="End of the game">
      <h1>{ending(frame)}</h1>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="row">
        <button type="button" className="button primary" onClick={() => onStart(seed)}>
          Same belt again
        </button>
        <button type="button" className="button" onClick={() => onStart(undefined)}>
          Another belt
        </button>
      </p>
    </section>
  );
}

const TROUBLE: Record<Trouble["kind"], string> = {
  expired: "This game has expired: it was not touched for too long, or the server was restarted.",
  moved: "The game is not where this page thinks it is; it may be open in another tab.",
  unreachable: "The server did not answer, so the move may not have counted.",
  refused: "The server refused the move.",
};

export function TroubleNote(props: {
  trouble: Trouble;
  seed: number | undefined;
  onRetry: (action: number) => void;
  onStart: (seed: number | undefined) => void;
}) {
  const { trouble, seed, onRetry, onStart } = props;
  const { action } = trouble;
  return (
    <section className="panel trouble" role="alert">
      <p>
        <strong>{TROUBLE[trouble.kind]}</strong> <span className="dim">({trouble.message})</span>
      </p>
      <p className="row">
        {action !== null && (
          <button type="button" className="button primary" onClick={() => onRetry(action)}>
            Send it again
          </button>
        )}
        <button
          type="button"
          className={action === null ? "button primary" : "button"}
          onClick={() => onStart(seed)}
        >
          Start over on this belt
        </button>
        <button type="button" className="button" onClick={() => onStart(undefined)}>
          New game
        </button>
      </p>
    </section>
  );
}
