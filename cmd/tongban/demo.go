package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
)

func demoCommand() *cobra.Command {
	var o app.DemoOptions
	c := &cobra.Command{
		Use:   "demo",
		Short: "运行演示城市 / run the sample city",
		Long: `在本机运行带样例数据的演示城市（SQLite，数据在 --data 目录）。再次运行会接着用已有的数据。
Runs the sample city on this machine (SQLite, data in --data). A second start finds its data again.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Progress = progress(tr("载入样例城市", "loading the sample city:"))
			return app.Demo(cmd.Context(), o, func(c app.Config) { welcome(c, o.Data) })
		},
	}
	c.PersistentFlags().StringVar(&o.Data, "data", "tongban-data", "数据目录 / data folder")
	c.PersistentFlags().StringVar(&o.Database, "database", "", "PostgreSQL URL")
	c.Flags().IntVar(&o.Cases, "cases", -1, "过往办件的数量 / how many past cases")
	c.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:8080", "监听地址 / address to serve on")
	c.Flags().BoolVar(&o.Reset, "reset", false, "删除演示数据重新开始 / remove the demonstration's data and start over")
	c.Flags().StringVar(&o.LogLevel, "log-level", "", "debug, info, warn, error")
	// For tests and measurements: the sample city on PostgreSQL, a smaller one, and
	// one that logs every request.
	_ = c.PersistentFlags().MarkHidden("database") // the flags are there
	_ = c.Flags().MarkHidden("cases")
	_ = c.Flags().MarkHidden("log-level")
	c.AddCommand(&cobra.Command{
		Use:   "otp NAME",
		Short: "显示演示工作人员当前的动态口令 / a demonstration account's current code",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := o.Config()
			if err != nil {
				return err
			}
			code, err := app.OTP(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			fmt.Println(code)
			return nil
		},
	})
	c.AddCommand(&cobra.Command{
		Use:   "clock [STEP]",
		Short: "把演示城市的时间往后拨，或者显示它 / move the sample city's time forward, or show it",
		Long: `STEP 写成 90m、12h、10d；时间只能往后拨，期限、提醒、会话随之到期，正在运行的演示一秒内生效。真实平台没有这个功能。
STEP is 90m, 12h or 10d; the time only goes forward, and limits, reminders and sessions run out with it, in a running demonstration within a second. A real platform has no such thing.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			now, err := app.MoveDemoClock(o.Data, strings.Join(args, ""))
			if err != nil {
				return err
			}
			fmt.Println(now)
			return nil
		},
	})
	return c
}

// progress prints how far a long work is: on one line of a terminal, and every
// fifth of the way elsewhere.
func progress(work string) app.Progress {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	last := ""
	return func(at app.Part, done, of int) {
		part := 5
		if terminal {
			part = 100
		}
		now := fmt.Sprint(at.EN, done*part/max(of, 1))
		if now == last {
			return
		}
		last = now
		start, end := "", "\n"
		if terminal {
			start = "\r\033[K"
			if done < of {
				end = ""
			}
		}
		fmt.Fprintf(os.Stderr, "%s%s %s %d/%d%s", start, work, tr(at.ZH, at.EN), done, of, end)
	}
}

func welcome(c app.Config, data string) {
	en := !chinese()
	fmt.Println()
	if en {
		fmt.Println("The sample city is ready:", c.URL)
	} else {
		fmt.Println("演示城市已就绪：", c.URL)
	}
	fmt.Println()
	for _, a := range app.DemoAccounts() {
		door := "/login"
		if a.Role != "" {
			door = "/desk/login"
		}
		fmt.Printf("  %-15s  %s  %s\n", a.Login, c.URL+door, tr(a.ZH, a.EN))
	}
	fmt.Println()
	flag := ""
	if data != "tongban-data" {
		flag = " --data " + data
	}
	if en {
		fmt.Println("Password of all:", app.DemoPassword)
		fmt.Println("Staff also need a code: tongban demo otp NAME" + flag)
		fmt.Println("API:", c.URL+"/api/v1/docs", "  Stop: Ctrl-C")
	} else {
		fmt.Println("密码均为：", app.DemoPassword)
		fmt.Println("工作人员还需要动态口令：tongban demo otp 登录名" + flag + "(或 go run ./cmd/tongban demo otp 登录名" + flag + ")")
		fmt.Println("接口文档：", c.URL+"/api/v1/docs", "  停止：Ctrl-C")
	}
}
