package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/careerbot/careerbot/knowledge"
)

func (p *program) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [FILE.zip]",
		Short: "Write all articles into a zip",
		Long: `Export writes the articles of KNOWLEDGE_DIR or --knowledge, or those shipped,
into a zip: one Markdown file each. import, check and --knowledge read it back.
FILE.zip is careerbot.zip if none is named, and standard output for -.`,
		Example: `  careerbot export backup.zip
  careerbot check backup.zip`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := p.config("export")
			if err != nil {
				return err
			}
			base, err := loadKnowledge(cfg.knowledgeDir, p.warnOf)
			if err != nil {
				return err
			}
			file := "careerbot.zip"
			if len(args) == 1 {
				file = args[0]
			}
			if file == "-" {
				return knowledge.Export(p.stdout, base)
			}
			if err := writeFile(file, func(w io.Writer) error { return knowledge.Export(w, base) }); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s holds %s\n", file, describeBase(base))
			return err
		},
	}
	p.addKnowledgeFlag(cmd)
	return cmd
}
