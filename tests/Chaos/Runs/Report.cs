using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Runs;

/// <summary>A run's figures, for people and for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<(string Name, long Value)> Figures(RunResult run)
    {
        var verdict = run.Verdict;
        return
        [
            ("sent", verdict.Sent),
            ("acknowledged", verdict.Acknowledged),
            ("delivered", verdict.Delivered),
            ("duplicates", verdict.Duplicates),
            ("deadLettered", verdict.DeadLettered),
            ("lost", verdict.Count(Rule.Lost)),
            ("undrained", verdict.Count(Rule.Undrained)),
            ("unexpected", verdict.Count(Rule.Unexpected)),
            ("overlappingLeases", verdict.Count(Rule.OverlappingLeases)),
            ("orderViolations", verdict.Count(Rule.OrderViolation)),
            ("storedTwice", verdict.Count(Rule.StoredTwice)),
            ("deliveredAfterTheEnd", verdict.Count(Rule.DeliveredAfterTheEnd)),
            ("staleReceiptsHonoured", verdict.Count(Rule.StaleReceiptHonoured)),
            ("leasesLostWhileHeld", verdict.Count(Rule.LeaseLostWhileHeld)),
            ("wrongDeliveryCounts", verdict.Count(Rule.DeliveryCount) + verdict.Count(Rule.DeadLetter)),
            ("twoLives", verdict.Count(Rule.TwoLives)),
            ("unasked", verdict.Count(Rule.Unasked)),
            ("wrongRemovals", verdict.Count(Rule.RemovedWhileHeld) + verdict.Count(Rule.ToldAbsent)),
            ("countMismatches", verdict.Count(Rule.CountMismatch)),
            ("orphanBlobs", verdict.Count(Rule.OrphanBlob)),
            ("deliveriesWithWrongClock", verdict.Count(Rule.DeliveredWithWrongClock)),
            ("offsetGaps", verdict.Count(Rule.OffsetGap)),
            ("recordsChanged", verdict.Count(Rule.RecordChanged)),
            ("notForwarded", verdict.Count(Rule.NotForwarded)),
            ("forwardedTwice", verdict.Count(Rule.ForwardedTwice)),
            ("misrouted", verdict.Count(Rule.Misrouted)),
            ("wrongMatches", verdict.Count(Rule.WrongMatch)),
            ("strangeAnswers", verdict.Count(Rule.StrangeAnswer)),
            ("kills", run.Tally["kills"]),
            ("stops", run.Tally["stops"]),
            ("stalls", run.Tally["stalls"]),
            ("wrongClocks", run.Tally["wrongClocks"]),
            ("storms", run.Tally["storms"]),
            ("storageFaults", run.StorageFaults),
            ("storageRestarts", run.Tally["storageRestarts"]),
            ("redrives", run.Tally["redrives"]),
            ("resubmissions", run.Tally["resubmissions"]),
            ("removals", run.Tally["removals"]),
            ("releases", run.History.Settled.LongCount(s => s.Verb == Verb.Release)),
            ("filterChanges", run.Tally["filterChanges"]),
            ("subscriptions", run.Tally["subscriptions"]),
            ("seeks", run.Tally["seeks"]),
        ];
    }

    public static string Table(RunResult run)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Figures(run))
            text.Append(name.PadRight(26))
                .Append(value.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(10))
                .Append('\n');
        return text.Append(Violations(run.Verdict, run.History)).ToString();
    }

    /// <summary>The first violations of each rule, and the lives of the messages concerned.</summary>
    public static string Violations(Verdict verdict, History history)
    {
        var text = new StringBuilder();
        foreach (var rule in verdict.Violations.GroupBy(v => v.Rule))
        {
            text.Append('\n').Append(rule.Key).Append(":\n");
            foreach (var (i, violation) in rule.Take(20).Index())
            {
                text.Append("  ").Append(violation.What).Append('\n');
                foreach (var line in i < 3 ? violation.MessageIds.SelectMany(id => Life.Of(history, id).Append("")) : [])
                    text.Append("    ").Append(line).Append('\n');
            }

            if (rule.Count() > 20)
                text.Append("  and ").Append(rule.Count() - 20).Append(" more\n");
        }

        return text.ToString();
    }

    public static string Json(RunResult run, ChaosOptions options)
    {
        var json = new JsonObject
        {
            ["seed"] = options.Seed,
            ["minutes"] = Math.Round(options.Duration.TotalMinutes, 2),
            ["processes"] = options.Processes,
            ["fifo"] = options.Fifo,
            ["topics"] = options.Topics,
        };
        foreach (var (name, value) in Figures(run))
            json[name] = value;
        json["faultsByKind"] = new JsonObject(
            run.FaultsByKind.OrderBy(f => f.Key).Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key.ToString(), f.Value))
        );
        json["violations"] = new JsonArray([.. run.Verdict.Violations.Take(200).Select(v => (JsonNode)$"{v.Rule}: {v.What}")]);
        return json.ToJsonString(Indented) + "\n";
    }
}
