{{/* The environment of the containers: what each variable means stands in docs/reference/settings.md. */}}

{{/* One variable from a Secret: name, secret, key. */}}
{{- define "jifen.from" -}}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .secret }}, key: {{ .key }}}}
{{- end -}}

{{/* The login of one component, and no other's: root, login. */}}
{{- define "jifen.login" -}}
{{ include "jifen.from" (dict "name" .variable "secret" .root.Values.database.existingSecret "key" .login) }}
{{- end -}}

{{/* What every component knows. */}}
{{- define "jifen.everywhere" -}}
- {name: JIFEN_DATA, value: /data}
- {name: JIFEN_FONTS, value: {{ .Values.fonts | quote }}}
- {name: JIFEN_LOGS, value: {{ .Values.logs | quote }}}
- {name: JIFEN_OTLP, value: {{ .Values.tracing.endpoint | quote }}}
- {name: JIFEN_NATIONAL, value: {{ ternary "yes" "" .Values.national | quote }}}
{{ include "jifen.from" (dict "name" "REDIS_URL" "secret" .Values.redis.existingSecret "key" .Values.redis.key) }}
{{- with .Values.broker }}
{{- if .existingSecret }}
{{ include "jifen.from" (dict "name" "BROKER_URL" "secret" .existingSecret "key" .key) }}
{{- end }}
{{- end }}
{{- with .Values.pods.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where evidence is: for the pages and the worker. */}}
{{- define "jifen.evidence" -}}
{{- with .Values.evidence }}
- {name: JIFEN_EVIDENCE, value: {{ ternary (printf "s3://%s" .bucket) "/evidence" (ne .bucket "") | quote }}}
{{- if .bucket }}
- {name: JIFEN_S3_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: JIFEN_S3_REGION, value: {{ .region | quote }}}
{{- if .existingSecret }}
{{ include "jifen.from" (dict "name" "JIFEN_S3_KEY" "secret" .existingSecret "key" "key") }}
{{ include "jifen.from" (dict "name" "JIFEN_S3_SECRET" "secret" .existingSecret "key" "secret") }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Who looks at files before they are kept: for the pages. */}}
{{- define "jifen.scanner" -}}
- {name: JIFEN_CLAMD, value: {{ .Values.scanner.address | quote }}}
{{- end -}}

{{/* How people are told outside the product: the pages offer what the worker can send. */}}
{{- define "jifen.telling" -}}
- {name: JIFEN_HOURS, value: {{ .Values.hours | quote }}}
- {name: JIFEN_WEBHOOKS_PRIVATE, value: {{ ternary "yes" "" .Values.webhooksPrivate | quote }}}
{{ include "jifen.from" (dict "name" "JIFEN_WEBHOOKS_SECRET" "secret" .Values.secret.existingSecret "key" .Values.secret.webhooksKey) }}
{{- with .Values.channels }}
{{- if .existingSecret }}
{{ include "jifen.from" (dict "name" "JIFEN_CHANNELS" "secret" .existingSecret "key" .key) }}
{{- end }}
{{- end }}
{{- with .Values.sms }}
{{- if .url }}
- {name: JIFEN_SMS_URL, value: {{ .url | quote }}}
- {name: JIFEN_SMS_BODY, value: {{ .body | quote }}}
- {name: JIFEN_SMS_ACCEPTED, value: {{ .accepted | quote }}}
{{- if .existingSecret }}
{{ include "jifen.from" (dict "name" "JIFEN_SMS_TOKEN" "secret" .existingSecret "key" .key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What people sign in with: for the pages and the panel. */}}
{{- define "jifen.signing-in" -}}
- {name: JIFEN_ADDRESS, value: {{ .Values.address | quote }}}
- {name: JIFEN_HOST, value: {{ .Values.api.host | quote }}}
{{ include "jifen.from" (dict "name" "JIFEN_SECRET" "secret" .Values.secret.existingSecret "key" .Values.secret.key) }}
{{- end -}}

{{/* The county's own sign-in: for the pages. */}}
{{- define "jifen.county" -}}
{{- with .Values.oidc }}
{{- if .issuer }}
- {name: JIFEN_OIDC_ISSUER, value: {{ .issuer | quote }}}
- {name: JIFEN_OIDC_CLIENT_ID, value: {{ .clientId | quote }}}
- {name: JIFEN_OIDC_CLAIM, value: {{ .claim | quote }}}
- {name: JIFEN_OIDC_SECOND, value: {{ .second | quote }}}
{{- if .existingSecret }}
{{ include "jifen.from" (dict "name" "JIFEN_OIDC_CLIENT_SECRET" "secret" .existingSecret "key" .key) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
