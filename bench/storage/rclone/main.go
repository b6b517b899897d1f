// Command rclone is rclone with the one backend and the one command that the benchmark needs, so that it is built in
// two minutes instead of ten. Everything else is rclone's own.
package main

import (
	_ "github.com/rclone/rclone/backend/azureblob"
	"github.com/rclone/rclone/cmd"
	_ "github.com/rclone/rclone/cmd/copy"
	_ "github.com/rclone/rclone/cmd/version"
)

func main() {
	cmd.Main()
}
