import { useCallback, useSyncExternalStore } from "react";

/** Dark or light: what the person chose, else what the system prefers. */
export type Theme = "dark" | "light";

const STORED = "abp-theme";
const prefersLight = window.matchMedia("(prefers-color-scheme: light)");
const listeners = new Set<() => void>();

function chosen(): Theme | null {
  try {
    const value = localStorage.getItem(STORED);
    return value === "dark" || value === "light" ? value : null;
  } catch {
    return null; // Storage can be forbidden; the system's preference then holds.
  }
}

let choice: Theme | null = chosen();

function current(): Theme {
  return choice ?? (prefersLight.matches ? "light" : "dark");
}

function apply(): void {
  document.documentElement.dataset.theme = current();
  for (const listener of listeners) listener();
}

prefersLight.addEventListener("change", apply);
apply();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useTheme(): { theme: Theme; toggle: () => void } {
  const theme = useSyncExternalStore(subscribe, current);
  const toggle = useCallback(() => {
    choice = current() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(STORED, choice);
    } catch {
      // Not remembered, but in force until the page is left.
    }
    apply();
  }, []);
  return { theme, toggle };
}
