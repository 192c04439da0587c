import { useEffect, useState, useSyncExternalStore } from "react";
import { httpFramePages } from "../api/replay-frames";
import { FrameSource, type SourceView } from "../player/frame-source";

const NOTHING: SourceView = { total: null, markers: [], mined: [], loaded: [], error: null };
const noSubscription = () => () => undefined;
const nothing = () => NOTHING;

/** The frames of a replay while the component is on the page. */
export function useFrameSource(
  runId: string,
  replayId: string,
): { source: FrameSource | null; view: SourceView } {
  const [source, setSource] = useState<FrameSource | null>(null);
  useEffect(() => {
    const opened = new FrameSource(httpFramePages(runId, replayId));
    setSource(opened);
    return () => {
      opened.close();
      setSource(null);
    };
  }, [runId, replayId]);
  const view = useSyncExternalStore(source?.subscribe ?? noSubscription, source?.snapshot ?? nothing);
  return { source, view };
}
