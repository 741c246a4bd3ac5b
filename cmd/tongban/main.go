// Command tongban is the whole platform in one program: see tongban help.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/errs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c, err := root().ExecuteContextC(ctx)
	stop()
	if err != nil {
		complain(mistake(c, err))
		os.Exit(1)
	}
}

// chinese reports whether the terminal's language is Chinese, which decides the
// language of messages; help texts are in both.
func chinese() bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return strings.HasPrefix(v, "zh")
		}
	}
	return true
}

// tr picks the words for the terminal's language.
func tr(zh, en string) string {
	if chinese() {
		return zh
	}
	return en
}

// complain prints what went wrong: the words for people, the fields, and, for
// an operator, the cause.
func complain(err error) {
	e := errs.Of(err)
	if e.Kind == errs.Internal && e.Code == "internal" {
		fmt.Fprintln(os.Stderr, tr("出错了：", "error: ")+err.Error())
		return
	}
	fmt.Fprintln(os.Stderr, tr(e.ZH, e.EN))
	for _, f := range e.Fields {
		fmt.Fprintln(os.Stderr, "  "+f.Path+": "+tr(f.ZH, f.EN))
	}
	if e.Err != nil {
		fmt.Fprintln(os.Stderr, tr("原因：", "cause: ")+e.Err.Error())
	}
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use:   "tongban",
		Short: "通办：政务服务一网通办平台 / a city's online government services, in one program",
		Long: `通办 Tongban: 政务服务“一网通办”平台，一个程序。
The platform a Chinese city runs its government services on, in one program.

  tongban demo                    运行演示城市 / run the sample city
  tongban serve --config FILE     正式运行 / run for real`,
		SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	c.AddCommand(demoCommand(), serveCommand(), migrateCommand(), importCommand(), doctorCommand(), clockCommand(), identCommand(),
		auditCommand(), caseCommand(), staffCommand(), calendarCommand(), itemCommand(), subscribersCommand(), exportCommand(), backupCommand(), paySandboxCommand(), versionCommand())
	frame(c)
	return c
}
