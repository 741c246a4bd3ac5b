package main

import (
	"fmt"
	"os"

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
			o.Progress = progress()
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
	return c
}

// progress prints how far a long work is: on one line of a terminal, and every
// fifth of the way elsewhere.
func progress() app.Progress {
	info, err := os.Stderr.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0
	last := ""
	return func(what string, done, of int) {
		part := 5
		if terminal {
			part = 100
		}
		now := fmt.Sprint(what, done*part/max(of, 1))
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
		fmt.Fprintf(os.Stderr, "%s%s %s %d/%d%s", start, tr("载入样例城市", "loading the sample city"), what, done, of, end)
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
	rows := [][3]string{
		{"申请人（自然人） applicant", "chenjiayi", c.URL + "/login"},
		{"代理人 agent of a person and a company", "fengxue", c.URL + "/login"},
		{"窗口人员 window clerk （梁溪区）", "clerk-lx", c.URL + "/desk/login"},
		{"审查人员 reviewer", app.DemoReviewer, c.URL + "/desk/login"},
		{"决定人员 decider", app.DemoDecider, c.URL + "/desk/login"},
		{"监督人员 supervisor", "supervisor-wx", c.URL + "/desk/login"},
		{"事项管理员 item steward", "steward-wx", c.URL + "/desk/login"},
		{"系统管理员 system administrator", "sysadmin", c.URL + "/desk/login"},
		{"安全管理员 security administrator", "secadmin", c.URL + "/desk/login"},
		{"审计管理员 audit administrator", "auditadmin", c.URL + "/desk/login"},
	}
	for _, r := range rows {
		fmt.Printf("  %-14s %s  %s\n", r[1], r[2], r[0])
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
