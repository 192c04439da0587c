import { useEffect, useState } from "react";

const STEP_MS = 450;

/** Runs from 0 to 1 after every new frame, then rests; always 1 when motion is reduced. */
export function useStepPhase(frameKey: string, still: boolean): number {
  const [run, setRun] = useState({ frameKey, phase: 1 });
  useEffect(() => {
    if (still) return;
    const begun = performance.now();
    let timer = requestAnimationFrame(function tick(now) {
      const phase = Math.min(1, Math.max(0, (now - begun) / STEP_MS));
      setRun({ frameKey, phase });
      if (phase < 1) timer = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(timer);
  }, [frameKey, still]);
  if (still) return 1;
  // A frame that was not animated yet starts at 0, so that its end does not flash up first.
  return run.frameKey === frameKey ? run.phase : 0;
}
