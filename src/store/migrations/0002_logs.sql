CREATE TABLE "codegen"."link_keys" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."link_keys_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."log_chunks" (
	"run_id" text NOT NULL,
	"seq" integer NOT NULL,
	"log_id" bigint NOT NULL,
	"line" integer NOT NULL,
	"ends" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "log_chunks_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "codegen"."log_files" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."log_files_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"log_id" bigint NOT NULL,
	"path" text NOT NULL,
	"bytes" integer NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "codegen"."logs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "codegen"."logs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" text NOT NULL,
	"name" text NOT NULL,
	"attempt" integer NOT NULL,
	"command" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"end" text,
	"code" integer,
	"report" json
);
--> statement-breakpoint
ALTER TABLE "codegen"."log_chunks" ADD CONSTRAINT "log_chunks_log_id_logs_id_fk" FOREIGN KEY ("log_id") REFERENCES "codegen"."logs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."log_files" ADD CONSTRAINT "log_files_log_id_logs_id_fk" FOREIGN KEY ("log_id") REFERENCES "codegen"."logs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "codegen"."logs" ADD CONSTRAINT "logs_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "log_chunks_log" ON "codegen"."log_chunks" USING btree ("log_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "log_files_log" ON "codegen"."log_files" USING btree ("log_id","path");--> statement-breakpoint
CREATE UNIQUE INDEX "logs_run" ON "codegen"."logs" USING btree ("run_id","name","attempt");--> statement-breakpoint
CREATE INDEX "logs_started" ON "codegen"."logs" USING btree ("started_at");