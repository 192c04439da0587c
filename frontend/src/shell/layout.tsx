import type { ReactNode } from "react";
import { NavLink, Outlet } from "react-router";
import { useTheme } from "../theme/theme";
import "./layout.css";

/** What every page stands in: the name, the way between pages, the theme switch. */
export function Layout({ problem }: { problem?: ReactNode }) {
  const { theme, toggle } = useTheme();
  const other = theme === "dark" ? "light" : "dark";
  return (
    <>
      <header className="top">
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <span className="brand">
          <img src="/assets/icon.svg" alt="" width="24" height="24" />
          <span className="brand-name">Asteroid Belt Prospector</span>
        </span>
        <nav aria-label="Pages">
          <NavLink to="/" end>
            Replay
          </NavLink>
          <NavLink to="/play">Play</NavLink>
          <NavLink to="/analytics">Analytics</NavLink>
        </nav>
        <button
          type="button"
          className="button icon"
          onClick={toggle}
          aria-label={`Switch to the ${other} theme`}
          title={`Switch to the ${other} theme`}
        >
          {theme === "dark" ? "☾" : "☀"}
        </button>
      </header>
      <main id="main">{problem ?? <Outlet />}</main>
    </>
  );
}
