CREATE SCHEMA "codegen";
--> statement-breakpoint
CREATE TABLE "codegen"."audit" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."audit_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"run_id" text,
	"detail" json,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."deliveries" (
	"guid" text PRIMARY KEY NOT NULL,
	"event" text NOT NULL,
	"action" text,
	"installation" bigint,
	"outcome" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."events" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" text,
	"name" text NOT NULL,
	"data" json,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."installations" (
	"id" bigint PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"account_type" text NOT NULL,
	"permissions" json NOT NULL,
	"suspended" boolean NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."leases" (
	"key" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"owner" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."plans" (
	"installation" bigint NOT NULL,
	"repo" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"issue" integer NOT NULL,
	"hash" text NOT NULL,
	"version" integer NOT NULL,
	"base" text NOT NULL,
	"plan" json NOT NULL,
	"run_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"approved_by" text,
	CONSTRAINT "plans_repo_issue_hash_pk" PRIMARY KEY("repo","issue","hash")
);
--> statement-breakpoint
CREATE TABLE "codegen"."repositories" (
	"id" bigint PRIMARY KEY NOT NULL,
	"installation" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."runs" (
	"id" text PRIMARY KEY DEFAULT gen_random_uuid()::text NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."runs_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"installation" bigint NOT NULL,
	"repo" bigint NOT NULL,
	"owner" text NOT NULL,
	"name" text NOT NULL,
	"number" integer NOT NULL,
	"head" text,
	"state" text DEFAULT 'queued' NOT NULL,
	"reason" text,
	"job_id" text NOT NULL,
	"actor" text NOT NULL,
	"cancel_requested_by" text,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "runs_seq_unique" UNIQUE("seq"),
	CONSTRAINT "runs_job_id_unique" UNIQUE("job_id")
);
--> statement-breakpoint
CREATE TABLE "codegen"."steps" (
	"run_id" text NOT NULL,
	"name" text NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."steps_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"state" text NOT NULL,
	"result" json,
	"error" text,
	"started_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "steps_run_id_name_pk" PRIMARY KEY("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "codegen"."usage" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."usage_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" text NOT NULL,
	"step" text NOT NULL,
	"model" text NOT NULL,
	"input_tokens" bigint NOT NULL,
	"output_tokens" bigint NOT NULL,
	"usd" double precision NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "codegen"."events" ADD CONSTRAINT "events_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."plans" ADD CONSTRAINT "plans_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."repositories" ADD CONSTRAINT "repositories_installation_installations_id_fk" FOREIGN KEY ("installation") REFERENCES "codegen"."installations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."steps" ADD CONSTRAINT "steps_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."usage" ADD CONSTRAINT "usage_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_subject" ON "codegen"."audit" USING btree ("subject","seq");--> statement-breakpoint
CREATE INDEX "events_run" ON "codegen"."events" USING btree ("run_id","seq");--> statement-breakpoint
CREATE INDEX "repositories_installation" ON "codegen"."repositories" USING btree ("installation");--> statement-breakpoint
CREATE INDEX "runs_thread" ON "codegen"."runs" USING btree ("repo","number","seq" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_state" ON "codegen"."runs" USING btree ("state","updated_at");--> statement-breakpoint
CREATE INDEX "usage_run" ON "codegen"."usage" USING btree ("run_id");