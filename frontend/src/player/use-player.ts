import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { advancePlayer, INITIAL_PLAYER, type PlayerCommand, type PlayerState, reducePlayer } from "./player";

/** A tab that slept must not jump ahead by all the time it slept; a slow machine must keep the speed. */
const LONGEST_TICK_MS = 500;

/** Holds a player's state outside React and lets real time pass in it, only while there is something to move. */
class PlayerClock {
  state: PlayerState = INITIAL_PLAYER;
  isLoaded: (index: number) => boolean = () => false;
  /** Effects are shown settled at once (prefers-reduced-motion). */
  still = false;
  private listeners = new Set<() => void>();
  private timer: number | null = null;
  private last = 0;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    this.wake();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0 && this.timer !== null) {
        cancelAnimationFrame(this.timer);
        this.timer = null;
      }
    };
  };

  snapshot = () => this.state;

  send = (command: PlayerCommand) => {
    this.set(reducePlayer(this.state, command));
    this.wake();
  };

  private set(next: PlayerState) {
    const settled = this.still && !next.playing && next.phase < 1 ? { ...next, phase: 1 } : next;
    if (settled === this.state) return;
    this.state = settled;
    for (const listener of this.listeners) listener();
  }

  private get moving() {
    return this.state.playing || this.state.phase < 1;
  }

  private wake() {
    if (this.timer !== null || !this.moving || this.listeners.size === 0) return;
    this.last = performance.now();
    this.timer = requestAnimationFrame(this.tick);
  }

  private tick = (now: number) => {
    const elapsed = Math.min(LONGEST_TICK_MS, Math.max(0, now - this.last));
    this.last = now;
    this.set(advancePlayer(this.state, elapsed, this.isLoaded));
    this.timer = this.moving ? requestAnimationFrame(this.tick) : null;
  };
}

export function usePlayer(isLoaded: (index: number) => boolean, still: boolean) {
  const ref = useRef<PlayerClock | null>(null);
  ref.current ??= new PlayerClock();
  const clock = ref.current;
  useEffect(() => {
    clock.isLoaded = isLoaded;
    clock.still = still;
  }, [clock, isLoaded, still]);
  const state = useSyncExternalStore(clock.subscribe, clock.snapshot);
  const send = useCallback((command: PlayerCommand) => clock.send(command), [clock]);
  return { state, send };
}
