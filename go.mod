module github.com/careerbot/careerbot

go 1.26.8
