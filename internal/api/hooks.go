package api

import (
	"encoding/json"
	"io"
	"net/http"

	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/fee"
	"github.com/tongban/tongban/internal/notify"
)

// Hooks 回调 answers what outside systems tell by themselves, below /hooks/. A
// letter's own signature says who writes: no session, no token, no cookie. What
// was understood is answered with 200 also when it came before or was about
// something unknown, so that nobody sends it for ever.
func Hooks(fees *fee.Service, parcels *deliver.Service, notes *notify.Service) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/courier", func(w http.ResponseWriter, r *http.Request) {
		hear(w, r, func(body []byte) (any, error) { return nil, parcels.Heard(r.Context(), r, body) })
	})
	mux.HandleFunc("POST /hooks/cabinet", func(w http.ResponseWriter, r *http.Request) {
		hear(w, r, func(body []byte) (any, error) { return parcels.Door(r.Context(), r, body) })
	})
	mux.HandleFunc("POST /hooks/pay", func(w http.ResponseWriter, r *http.Request) {
		hear(w, r, func(body []byte) (any, error) { return nil, fees.Heard(r.Context(), r, body) })
	})
	for _, way := range []notify.Way{notify.SMS, notify.WeChat} {
		mux.HandleFunc("POST /hooks/messages/"+string(way), func(w http.ResponseWriter, r *http.Request) {
			hear(w, r, func(body []byte) (any, error) { return nil, notes.Heard(r.Context(), way, r, body) })
		})
	}
	return mux
}

// mostLetter is how long a letter may be, in bytes.
const mostLetter = 64 << 10

func hear(w http.ResponseWriter, r *http.Request, take func(body []byte) (any, error)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostLetter))
	answer := struct {
		Code string `json:"code"`
	}{"ok"}
	status := http.StatusOK
	var told any
	if err == nil {
		told, err = take(body)
	} else {
		err = errs.New(errs.Malformed, "hook-letter", "内容无法识别。", "The content is not understood.")
	}
	if err != nil {
		answer.Code = errs.Of(err).Code
		switch errs.KindOf(err) {
		case errs.Unauthenticated:
			status = http.StatusUnauthorized
		case errs.Malformed, errs.Invalid:
			status = http.StatusBadRequest
		case errs.NotFound:
			status = http.StatusNotFound
		case errs.Conflict:
			status = http.StatusConflict
		case errs.TooMany:
			status = http.StatusTooManyRequests
		case errs.Unavailable:
			status = http.StatusServiceUnavailable
		default:
			status, answer.Code = http.StatusInternalServerError, "internal"
		}
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if err == nil && told != nil {
		_ = json.NewEncoder(w).Encode(told)
		return
	}
	_ = json.NewEncoder(w).Encode(answer) // who hung up does not want it
}
