CREATE TABLE "codegen"."coverage" (
	"repo" bigint NOT NULL,
	"command" text NOT NULL,
	"commit" text NOT NULL,
	"value" json NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "coverage_repo_command_commit_pk" PRIMARY KEY("repo","command","commit")
);
--> statement-breakpoint
CREATE TABLE "codegen"."flaky_sightings" (
	"repo" bigint NOT NULL,
	"key" text NOT NULL,
	"run_id" text NOT NULL,
	"command" text NOT NULL,
	"test" text NOT NULL,
	"pull" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "flaky_sightings_repo_key_run_id_pk" PRIMARY KEY("repo","key","run_id")
);
--> statement-breakpoint
ALTER TABLE "codegen"."flaky_sightings" ADD CONSTRAINT "flaky_sightings_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "codegen"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "coverage_at" ON "codegen"."coverage" USING btree ("at");--> statement-breakpoint
CREATE INDEX "coverage_repo" ON "codegen"."coverage" USING btree ("repo","at");--> statement-breakpoint
CREATE INDEX "flaky_sightings_at" ON "codegen"."flaky_sightings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "flaky_sightings_repo" ON "codegen"."flaky_sightings" USING btree ("repo","at");