package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tongban/tongban/internal/jobs"
)

// health answers /healthz: the process lives.
func (r *Rooms) health(w http.ResponseWriter, _ *http.Request) {
	say(w, 200, map[string]string{"status": "ok"})
}

// ready answers /readyz: the database and the file store answer too.
func (r *Rooms) ready(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), 3*time.Second)
	defer cancel()
	state, status := map[string]string{"status": "ok", "database": "ok", "files": "ok"}, 200
	for name, err := range map[string]error{"database": r.DB.Ping(ctx), "files": r.Files.Check(ctx)} {
		if err != nil {
			state["status"], state[name], status = "unavailable", "away", 503
			r.Log.Warn("not ready", "part", name, "err", err)
		}
	}
	say(w, status, state)
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client has gone if this fails
}

// serveMetrics serves /metrics on its own address, if one is configured.
func (r *Rooms) serveMetrics() (close func() error, err error) {
	if r.Config.Metrics == "" {
		return func() error { return nil }, nil
	}
	ln, err := listen(r.Config.Metrics)
	if err != nil {
		return nil, err
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), figures{r})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = srv.Serve(ln) }()
	return srv.Close, nil
}

// figures collects what the rooms count, when it is asked for.
type figures struct{ r *Rooms }

var (
	descWaiting = prometheus.NewDesc("tongban_jobs_waiting", "Jobs that wait to run.", nil, nil)
	descDead    = prometheus.NewDesc("tongban_jobs_dead", "Jobs that were given up.", nil, nil)
	descTold    = prometheus.NewDesc("tongban_messages_waiting", "Messages on their way out, or held by quiet hours.", []string{"way"}, nil)
	descNotTold = prometheus.NewDesc("tongban_messages_failed", "Ways that failed in the last day.", []string{"way"}, nil)
	descSent    = prometheus.NewDesc("tongban_messages_sent_total", "Messages by way and end, since the start.", []string{"way", "end"}, nil)
	descSealed  = prometheus.NewDesc("tongban_audit_sealed", "Audit records in the log.", nil, nil)
)

// Describe is for prometheus.Collector.
func (f figures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descWaiting, descDead, descTold, descNotTold, descSent, descSealed} {
		ch <- d
	}
}

// Collect is for prometheus.Collector.
func (f figures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if d, err := jobs.Look(f.r.DB.Read(ctx), f.r.DB.Now()); err == nil {
		ch <- prometheus.MustNewConstMetric(descWaiting, prometheus.GaugeValue, float64(d.Due+d.Waiting))
		ch <- prometheus.MustNewConstMetric(descDead, prometheus.GaugeValue, float64(d.Dead))
	}
	if o, err := f.r.Notify.Figures(f.r.DB.Read(ctx)); err == nil {
		for _, w := range o.Ways {
			ch <- prometheus.MustNewConstMetric(descTold, prometheus.GaugeValue, float64(w.Held+w.Sending), string(w.Way))
			ch <- prometheus.MustNewConstMetric(descNotTold, prometheus.GaugeValue, float64(w.Failed), string(w.Way))
			for end, n := range map[string]int64{"sent": w.SentHere, "delivered": w.ArrivedHere, "failed": w.LostHere} {
				ch <- prometheus.MustNewConstMetric(descSent, prometheus.CounterValue, float64(n), string(w.Way), end)
			}
		}
	}
	ch <- prometheus.MustNewConstMetric(descSealed, prometheus.GaugeValue, float64(f.r.Sealer.Stats().Size))
}
