import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { createBrowserRouter, isRouteErrorResponse, Link, RouterProvider, useRouteError } from "react-router";
import { ApiError } from "../api/http";
import { Layout } from "./layout";

const ReplayPage = lazy(() => import("../replay/replay-page"));
const PlayPage = lazy(() => import("../play/play-page"));
const AnalyticsPage = lazy(() => import("../analytics/analytics-page"));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // What the server refused it will refuse again; what it could not answer may come back.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const loading = <p className="notice dim">Loading…</p>;

const router = createBrowserRouter([
  {
    element: <Layout />,
    errorElement: <Layout problem={<Problem />} />,
    children: [
      {
        path: "/",
        element: (
          <Suspense fallback={loading}>
            <ReplayPage />
          </Suspense>
        ),
      },
      {
        path: "/play",
        element: (
          <Suspense fallback={loading}>
            <PlayPage />
          </Suspense>
        ),
      },
      {
        path: "/analytics",
        element: (
          <Suspense fallback={loading}>
            <AnalyticsPage />
          </Suspense>
        ),
      },
    ],
  },
]);

function Problem() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) {
    return (
      <div className="notice">
        <h1>There is no such page</h1>
        <Link className="button" to="/">
          To the newest replay
        </Link>
      </div>
    );
  }
  return (
    <div className="notice" role="alert">
      <h1>This page broke</h1>
      <p className="dim">{error instanceof Error ? error.message : String(error)}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        Load it again
      </button>
    </div>
  );
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
