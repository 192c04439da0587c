import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { actionLabel } from "../game/actions";
import { decodeObservation } from "../game/observation";
import { ACTION } from "../game/rules";
import { ownsKey } from "../player/keys";
import { Gauges, Market, SelectedAsteroid } from "../render/hud";
import { Minimap } from "../render/minimap";
import type { RichnessOf } from "../render/scene";
import { Sector } from "../render/sector";
import { useReducedMotion } from "../theme/reduced-motion";
import { KeyList } from "../ui/key-list";
import { ActionPanel } from "./action-panel";
import { isEnded } from "./game";
import { type Chord, chordPrompt, hotkey, PLAY_KEY_HELP } from "./hotkeys";
import { Log, NewGame, Summary, TroubleNote } from "./notes";
import "./play.css";
import { useGame } from "./use-game";
import { useStepPhase } from "./use-step-phase";
import { whyNot } from "./why-not";

/** `/play`: prospect the belt oneself. */
export default function PlayPage() {
  const [params, setParams] = useSearchParams();
  const asked = params.get("seed");
  const wanted = asked !== null && /^\d+$/.test(asked) ? Number(asked) : undefined;
  const { game, start, act } = useGame(wanted);
  const { frame, session } = game;
  const [hint, setHint] = useState("");
  const [chord, setChord] = useState<Chord | null>(null);
  const help = useRef<HTMLDialogElement>(null);
  const confirmEnd = useRef<HTMLDialogElement>(null);
  const still = useReducedMotion();
  const seen = useMemo(() => (frame ? decodeObservation(frame.observation) : null), [frame]);
  const ended = isEnded(frame);
  const ready = session !== null && !ended;

  const tryAction = useCallback(
    (action: number) => {
      setChord(null);
      setHint("");
      if (action === ACTION.cashOut) confirmEnd.current?.showModal();
      else void act(action);
    },
    [act],
  );

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (["INPUT", "TEXTAREA", "SELECT"].includes((event.target as HTMLElement).tagName)) return;
      if (help.current?.open || confirmEnd.current?.open || ownsKey(event.target, event.key)) return;
      const stroke = hotkey(event, chord);
      if (!stroke) {
        if (event.key === "Escape") setChord(null);
        return;
      }
      event.preventDefault();
      if (stroke.type === "help") help.current?.showModal();
      else if (stroke.type === "chord") setChord(stroke.chord);
      else if (frame && seen && ready && !frame.actionMask[stroke.action]) {
        setChord(null);
        setHint(`${actionLabel(stroke.action)}: ${whyNot(stroke.action, seen)}`);
      } else if (ready) tryAction(stroke.action);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [chord, frame, seen, ready, tryAction]);

  const newGame = useCallback(
    (seed: number | undefined) => {
      setHint("");
      // A seed in the address starts the game by itself; the same or none is started here.
      if (seed !== undefined && seed !== wanted) setParams({ seed: String(seed) });
      else if (seed === undefined && wanted !== undefined) setParams({});
      else void start(seed);
    },
    [wanted, setParams, start],
  );

  const richnessOf: RichnessOf = useCallback(
    (node, slot) => game.richness.get(`${node} ${slot}`) ?? null,
    [game.richness],
  );
  const phase = useStepPhase(`${session?.id} ${frame?.index}`, still || frame?.index === 0);

  if (!frame || !seen) {
    return (
      <div className="notice" role={game.trouble ? "alert" : "status"}>
        {game.trouble ? (
          <>
            <h1>The game cannot start</h1>
            <p className="dim">{game.trouble.message}</p>
            <button type="button" className="button primary" onClick={() => void start(wanted)}>
              Try again
            </button>
          </>
        ) : (
          <p className="dim">Starting a game…</p>
        )}
      </div>
    );
  }

  const selected = seen.asteroids.find((a) => a.selected)?.slot;
  const pick = (slot: number) => {
    const action = ACTION.select[slot];
    if (!ready || action === undefined) return;
    if (frame.actionMask[action]) tryAction(action);
    else setHint(`${actionLabel(action)}: ${whyNot(action, seen)}`);
  };
  return (
    <div className="play-page" data-testid="play" data-frame={frame.index}>
      <h1 className="visually-hidden">Play</h1>
      <NewGame
        key={session?.seed ?? "none"}
        seed={session?.seed ?? null}
        onStart={newGame}
        onHelp={() => help.current?.showModal()}
      />
      <div className="board">
        <aside className="side left" aria-label="Map and log">
          <Minimap graph={frame.graph} node={frame.node} />
          <Log frames={game.log} total={game.total} />
        </aside>
        <div className="middle">
          <Sector frame={frame} before={game.before} phase={phase} richnessOf={richnessOf} onPick={pick} />
          <p className="hint" role="status">
            {chord ? chordPrompt(chord) : hint}
          </p>
          {game.trouble && (
            <TroubleNote
              trouble={game.trouble}
              seed={session?.seed}
              onRetry={(action) => void act(action)}
              onStart={newGame}
            />
          )}
          {ended && <Summary frame={frame} total={game.total} seed={session?.seed} onStart={newGame} />}
          <ActionPanel frame={frame} seen={seen} ended={ended} onAct={tryAction} onRefused={setHint} />
        </div>
        <aside className="side right" aria-label="Readings">
          <Gauges seen={seen} frame={frame} />
          <Market seen={seen} frame={frame} />
          <SelectedAsteroid
            seen={seen}
            richness={selected === undefined ? null : richnessOf(frame.node, selected)}
          />
        </aside>
      </div>
      <KeyList dialog={help} title="Keys of the game" keys={PLAY_KEY_HELP} />
      <dialog ref={confirmEnd} aria-label="Cash out">
        <h1>Cash out?</h1>
        <p>
          This ends the game with {Math.floor(frame.credits)} credits. What is still in the hold counts for
          nothing.
        </p>
        <form method="dialog" className="row">
          <button type="submit" className="button primary" onClick={() => void act(ACTION.cashOut)}>
            Cash out
          </button>
          <button type="submit" className="button">
            Keep playing
          </button>
        </form>
      </dialog>
    </div>
  );
}
