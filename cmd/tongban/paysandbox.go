package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
)

func paySandboxCommand() *cobra.Command {
	var o app.SandboxOptions
	c := &cobra.Command{
		Use:   "pay-sandbox",
		Short: "模拟收费渠道、快递公司和取件柜 / a payment provider, a courier and a cabinet to try against",
		Long: `单独运行模拟的收费渠道、快递公司和取件柜，供对接时试用：不会真的扣款、寄送。密钥在 --data 目录中生成一次，
启动后打印要写进平台配置文件的内容。协议见 docs/pay.md、docs/deliver.md。
Runs the sandbox of payments, courier and cabinet by itself, for who connects a platform: no money moves and nothing
is sent. Keys are made once in --data; what belongs into the platform's configuration is printed. See docs/pay.md and docs/deliver.md.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.PaySandbox(cmd.Context(), o, func(c app.SandboxConfig) {
				fmt.Println(tr("模拟渠道已就绪：", "The sandbox answers: ") + c.URL)
				fmt.Println(tr("写进平台的配置文件：", "For the platform's configuration:"))
				fmt.Println()
				fmt.Print(c.Lines)
			})
		},
	}
	c.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:9080", "监听地址 / address to serve on")
	c.Flags().StringVar(&o.Data, "data", "tongban-sandbox", "密钥和数据的目录 / folder of keys and data")
	c.Flags().StringVar(&o.Platform, "platform", "http://127.0.0.1:8080", "平台的地址 / where the platform is")
	c.Flags().StringVar(&o.Scheme, "scheme", "hmac-sm3", "签名方式 / how letters are signed: hmac-sm3, sm2")
	c.Flags().StringVar(&o.Cabinet, "cabinet", "K01", "取件柜编号 / id of the cabinet")
	c.Flags().DurationVar(&o.Late, "late", 30*time.Second, "“晚些通知”晚多久 / how late “late” is")
	return c
}
