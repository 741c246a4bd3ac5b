package axe

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Browser starts Chromium with a profile that is gone after the test.
func Browser(t testing.TB) context.Context {
	t.Helper()
	path := os.Getenv("TONGBAN_TEST_CHROMIUM")
	if path == "" {
		t.Fatal("TONGBAN_TEST_CHROMIUM is not set: run “make test”, or this test under “go run ./test/env --”")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("lang", "zh-CN"))
	for _, f := range strings.Fields(os.Getenv("TONGBAN_TEST_CHROMIUM_FLAGS")) {
		name, value, given := strings.Cut(strings.TrimLeft(f, "-"), "=")
		if given {
			opts = append(opts, chromedp.Flag(name, value))
		} else {
			opts = append(opts, chromedp.Flag(name, true))
		}
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}
