{{/* What the objects share. Each part takes a dict: root (the whole context) and name (the component). */}}

{{- define "jifen.name" -}}
{{- printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "jifen.selector" -}}
app.kubernetes.io/name: jifen
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "jifen.labels" -}}
{{ include "jifen.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: jifen
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "jifen.metadata" -}}
name: {{ include "jifen.name" . }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "jifen.labels" . | nindent 2 }}
{{- end -}}

{{- define "jifen.image" -}}
{{- with .Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{- .Values.image.repository -}}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end -}}

{{/* A pod: root, name, volume (whether it touches evidence), containers given as text by the caller. */}}
{{- define "jifen.pod" -}}
metadata:
  labels:
    {{- include "jifen.labels" . | nindent 4 }}
    {{- with .root.Values.pods.labels }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with .root.Values.pods.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .grace }}
  {{- with .restart }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with .root.Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .root.Values.pods.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ .root.Values.pods.user }}
    runAsGroup: {{ .root.Values.pods.group }}
    fsGroup: {{ .root.Values.pods.group }}
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  {{- with .root.Values.pods.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.pods.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .root.Values.pods.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "jifen.selector" . | nindent 10 }}
  containers:
    - name: {{ .name }}
      image: {{ include "jifen.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      {{- .container | nindent 6 }}
      resources:
        {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - {name: temporary, mountPath: /tmp}
        - {name: data, mountPath: /data}
        {{- if and .evidence (not .root.Values.evidence.bucket) }}
        - {name: evidence, mountPath: /evidence}
        {{- end }}
  volumes:
    - name: temporary
      emptyDir: {sizeLimit: {{ .root.Values.pods.temporary }}}
    - name: data
      emptyDir: {sizeLimit: {{ .root.Values.pods.temporary }}}
    {{- if and .evidence (not .root.Values.evidence.bucket) }}
    - name: evidence
      persistentVolumeClaim:
        claimName: {{ .root.Values.evidence.volume.existingClaim | default (printf "%s-evidence" .root.Release.Name) }}
    {{- end }}
{{- end -}}

{{/* The command of a program that answers HTTP: app, trusted. */}}
{{- define "jifen.served" -}}
command: [python, -P, -m, uvicorn]
args:
  - {{ .app }}
  - --host
  - $(JIFEN_HOST)
  - --port
  - $({{ .port }})
  - --log-level
  - warning
  - --no-access-log
  - --timeout-graceful-shutdown
  - "5"
  - --forwarded-allow-ips
  - {{ .trusted | quote }}
{{- end -}}

{{/* A Service and, where it is wanted, an Ingress: root, name, of (the component's values). */}}
{{- define "jifen.reached" -}}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "jifen.metadata" . | nindent 2 }}
spec:
  type: {{ .of.service.type }}
  selector:
    {{- include "jifen.selector" . | nindent 4 }}
  ports:
    - {name: http, port: {{ .of.service.port }}, targetPort: http, protocol: TCP}
{{- if .of.ingress.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  {{- include "jifen.metadata" . | nindent 2 }}
  {{- with .of.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .of.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .of.ingress.tlsSecret }}
  tls:
    - hosts: [{{ $.of.ingress.host }}]
      secretName: {{ . }}
  {{- end }}
  rules:
    - host: {{ .of.ingress.host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "jifen.name" . }}
                port: {name: http}
{{- end }}
{{- end -}}

{{/* How many, and how few at least: root, name, of. */}}
{{- define "jifen.scaled" -}}
{{- if .of.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "jifen.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "jifen.name" . }}}
  minReplicas: {{ .of.autoscaling.minReplicas }}
  maxReplicas: {{ .of.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .of.autoscaling.cpuPercent }}}
{{- end }}
{{- if .of.disruption.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "jifen.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .of.disruption.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "jifen.selector" . | nindent 6 }}
{{- end }}
{{- end -}}
