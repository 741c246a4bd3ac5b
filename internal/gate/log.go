package gate

import (
	"log/slog"
	"net/http"
	"time"
)

// Log writes one event per request: what, how it ended, how long it took, who
// asked by number. It stands behind Identify and before the mux, whose pattern
// it names and never the path: paths may hold numbers of people and codes that
// open something. What stands between and hands a copy of the request on has to
// bring the copy's Pattern back, as web.Renderer.Wrap does.
func (d *Door) Log(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		r.Pattern = "" // of the mux outside, which matches everything
		defer func() {
			a, _ := Actor(r.Context())
			path := r.Pattern
			if path == "" {
				path = "unmatched"
			}
			level := slog.LevelInfo
			if sw.status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
			d.c.Log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", path),
				slog.Int("status", sw.status), slog.Int64("bytes", sw.bytes), slog.Duration("took", time.Since(begun)),
				slog.String("actor", string(a.Kind)), slog.Int64("actor_id", a.ID), slog.Int64("session", a.Session))
		}()
		next.ServeHTTP(sw, r)
	})
}

// statusWriter remembers how a request was answered.
type statusWriter struct {
	http.ResponseWriter
	status  int
	written bool
	bytes   int64
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.written && status >= http.StatusOK {
		w.status, w.written = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	w.written = true
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
