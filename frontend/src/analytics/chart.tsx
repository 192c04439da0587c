import { memo, useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { WindowRow } from "../api/records";
import { short, telling } from "../theme/numbers";
import { type Theme, useTheme } from "../theme/theme";
import { type Metric, type Series, seriesOf } from "./metrics";

interface ChartProps {
  metric: Metric;
  windows: readonly WindowRow[];
  /** Whether the windows are still to come from the server. */
  loading: boolean;
}

/** One metric over environment steps. The charts of a page share their cursor. */
export const Chart = memo(function Chart({ metric, windows, loading }: ChartProps) {
  const series = useMemo(() => seriesOf(windows, metric.key), [windows, metric.key]);
  const [pointed, setPointed] = useState<number | null>(null);
  const { theme } = useTheme();
  const host = usePlot(series, theme, setPointed);
  const at = pointed === null ? null : series.y[pointed];
  const shown = pointed === null ? series.latest : (at ?? null);
  const label = `${metric.name} over environment steps: ${series.count} points, latest ${telling(series.latest)} ${metric.unit}`;
  return (
    <figure className="panel chart" data-testid={`chart-${metric.key}`} data-points={series.count}>
      <figcaption title={metric.meaning}>
        <span className="name">{metric.name}</span>
        <span className="dim">{metric.unit}</span>
        <span className="spacer" />
        <span className="value">{telling(shown)}</span>
      </figcaption>
      <div className="plot" ref={host} role="img" aria-label={label} />
      {series.count === 0 && <p className="empty dim">{loading ? "Loading…" : "No value yet"}</p>}
    </figure>
  );
});

function usePlot(series: Series, theme: Theme, onPoint: (index: number | null) => void) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = useRef(series);
  data.current = series;

  // Colours are read when the plot is made, so a change of theme makes it anew.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    element.dataset.theme = theme;
    const made = new uPlot(
      { ...options(element, onPoint), width: element.clientWidth, height: element.clientHeight },
      [data.current.x, data.current.y],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [theme, onPoint]);

  useEffect(() => plot.current?.setData([series.x, series.y]), [series]);
  return host;
}

function options(
  element: HTMLElement,
  onPoint: (index: number | null) => void,
): Omit<uPlot.Options, "width" | "height"> {
  const style = getComputedStyle(element);
  const color = (token: string) => style.getPropertyValue(token).trim();
  const font = `12px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: color("--text-dim"),
    font,
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    cursor: { sync: { key: "windows" }, y: false, points: { size: 8 }, drag: { x: true, y: false } },
    legend: { show: false },
    scales: { x: { time: false } },
    series: [
      {},
      {
        stroke: color("--accent"),
        width: 2,
        spanGaps: false,
        points: {
          size: 5,
          fill: color("--accent"),
          filter: (u, _, show) => (show ? null : lonely(u.data[1])),
        },
      },
    ],
    axes: [
      { ...axis, size: 28, space: 64, values: (_, values) => values.map(short) },
      { ...axis, size: 52, space: 28, values: (_, values) => values.map(axisNumber) },
    ],
    hooks: { setCursor: [(u) => onPoint(u.cursor.idx ?? null)] },
  };
}

/** Values between two gaps: no line reaches them, so they are drawn as points however close together. */
function lonely(y: uPlot.AlignedData[number] | undefined): number[] {
  const found: number[] = [];
  for (let i = 0; y && i < y.length; i++) {
    if (y[i] != null && y[i - 1] == null && y[i + 1] == null) found.push(i);
  }
  return found;
}

/** A number, as short as an axis wants it. */
function axisNumber(value: number): string {
  if (Math.abs(value) >= 1000) return short(value);
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
