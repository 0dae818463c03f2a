#!/usr/bin/env bash
# Writes prometheusrule.yaml anew, after a change of deploy/prometheus/alerts.yml: kustomize cannot put a file into an object.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
{
  cat <<'HEAD'
# Made by make-rule.sh from deploy/prometheus/alerts.yml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: orleanslinks
  labels:
    app.kubernetes.io/name: orleanslinks
spec:
HEAD
  grep -v '^#' ../../../prometheus/alerts.yml | sed 's/^\(.\)/  \1/'
} >prometheusrule.yaml
