import { useCallback, useEffect, useReducer, useRef } from "react";
import { endGame, startGame, stepGame } from "../api/play";
import { isEnded, NO_GAME, reduceGame } from "./game";

/** A game on the server, begun when the page opens; one action at a time. */
export function useGame(seed: number | undefined) {
  const [game, dispatch] = useReducer(reduceGame, NO_GAME);
  const current = useRef(game);
  current.current = game;
  // Only the answer to the latest start counts.
  const starts = useRef(0);

  const start = useCallback(async (wanted: number | undefined) => {
    const mine = ++starts.current;
    const old = current.current.session;
    dispatch({ type: "starting" });
    try {
      const session = await startGame(wanted);
      if (mine === starts.current) dispatch({ type: "started", session });
      else void endGame(session.sessionId).catch(() => undefined);
    } catch (error) {
      if (mine === starts.current) dispatch({ type: "failed", error });
    }
    // The server forgets games by itself; telling it only frees the place sooner.
    if (old) void endGame(old.id).catch(() => undefined);
  }, []);

  const act = useCallback(async (action: number) => {
    const { session, frame, pending } = current.current;
    if (!session || !frame || pending !== null || isEnded(frame)) return;
    const mine = starts.current;
    // Marked at once, so that a second key in the same tick finds it.
    current.current = { ...current.current, pending: action };
    dispatch({ type: "acting", action });
    try {
      const result = await stepGame(session.id, action, frame.index);
      if (mine === starts.current) dispatch({ type: "stepped", ...result });
    } catch (error) {
      if (mine === starts.current) dispatch({ type: "failed", error });
    }
  }, []);

  useEffect(() => {
    void start(seed);
    return () => {
      starts.current++;
      const left = current.current.session;
      if (left) void endGame(left.id).catch(() => undefined);
    };
  }, [start, seed]);

  return { game, start, act };
}
