using System.Text.RegularExpressions;
using NCrontab;

namespace FuncQueue.Infra.Tests;

/// <summary>Alerts and charts look at what is really measured, by the engine or by Azure.</summary>
public sealed class AlertTests(BicepServer bicep)
{
    private const string LogRules = "Microsoft.Insights/scheduledQueryRules";
    private const string MetricRules = "Microsoft.Insights/metricAlerts";

    /// <summary>
    /// Metrics that Azure has of a resource of a type, with their dimensions (Azure Monitor's reference of supported metrics).
    /// </summary>
    private static readonly Dictionary<(string Type, string Metric), string[]> OfAzure = new()
    {
        [("Microsoft.Storage/storageAccounts", "Availability")] = ["GeoType", "ApiName", "Authentication"],
        [("Microsoft.Storage/storageAccounts", "Transactions")] =
        [
            "ResponseType",
            "GeoType",
            "ApiName",
            "Authentication",
            "TransactionType",
        ],
        [("Microsoft.Web/sites", "MemoryWorkingSet")] = ["Instance"],
    };

    /// <summary>Tables that Application Insights fills by itself once the app answers requests, and their columns.</summary>
    private static readonly Dictionary<string, string[]> OfInsights = new() { ["requests"] = ["resultCode", "cloud_RoleName"] };

    private static readonly DateTime Midnight = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Every_log_alert_names_what_is_emitted(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var rules = deployment.OfType(LogRules);
        rules.Count.ShouldBe(6);
        foreach (var rule in rules)
        {
            rule.Properties["scopes"]!
                .AsArray()
                .ShouldHaveSingleItem()
                .Is(deployment.Only("Microsoft.Insights/components").Id)
                .ShouldBeTrue();
            // Before the app has run there are no columns to check the query against.
            rule.Properties["skipQueryValidation"].Is(true).ShouldBeTrue();
            var criterion = rule.At("criteria.allOf")!.AsArray().ShouldHaveSingleItem()!;
            var text = criterion["query"]!.GetValue<string>();
            text.ShouldContain($"{criterion["metricMeasureColumn"]} =");
            text.ShouldContain(criterion["dimensions"]![0]!["name"]!.GetValue<string>());
            var query = new Kql(text);
            if (query.Table == "customMetrics")
                query.ShouldNameWhatIsEmitted();
            else
                OfInsights[query.Table].ShouldAllBe(column => text.Contains(column, StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Dead_letters_age_and_server_errors_are_watched_per_queue_with_the_given_limits(string file)
    {
        var rules = (await bicep.PredictAsync(file))
            .OfType(LogRules)
            .ToDictionary(r => r.Properties["displayName"]!.GetValue<string>(), r => r.At("criteria.allOf")![0]!);
        Watches("FuncQueue: dead-letters", "funcqueue.queue.depth", "queue");
        Watches("FuncQueue: oldest-message", "funcqueue.queue.oldest_message_age", "queue");
        Watches("FuncQueue: forwarding-lag", "funcqueue.topic.lag", "subscription");
        Watches("FuncQueue: group-lag", "funcqueue.group.lag_time", "reader");
        Watches("FuncQueue: server-errors", "resultCode", "cloud_RoleName");

        void Watches(string rule, string what, string by)
        {
            rules[rule]["query"]!.GetValue<string>().ShouldContain(what);
            rules[rule]["dimensions"]![0]!["name"].Is(by).ShouldBeTrue();
            rules[rule]["operator"].Is("GreaterThan").ShouldBeTrue();
        }
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Every_metric_alert_names_a_metric_that_Azure_has_of_its_resource(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var data = deployment
            .OfType("Microsoft.Storage/storageAccounts")
            .Where(a => a.Name != deployment.AppSettings["AzureWebJobsStorage__accountName"])
            .Select(a => a.Id)
            .ToList();
        var watched = new List<(string Resource, string Metric)>();
        foreach (var rule in deployment.OfType(MetricRules).Where(r => !IsHealth(r)))
        {
            var criterion = rule.At("criteria.allOf")!.AsArray().ShouldHaveSingleItem()!;
            var (type, metric) = (criterion["metricNamespace"]!.GetValue<string>(), criterion["metricName"]!.GetValue<string>());
            OfAzure.ShouldContainKey((type, metric));
            foreach (var dimension in criterion["dimensions"]?.AsArray() ?? [])
                OfAzure[(type, metric)].ShouldContain(dimension!["name"]!.GetValue<string>());
            watched.Add((rule.Properties["scopes"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>(), metric));
        }

        var app = deployment.Only("Microsoft.Web/sites").Id;
        var expected = data.SelectMany(id => new[] { (id, "Transactions"), (id, "Availability") }).Append((app, "MemoryWorkingSet"));
        watched.ShouldBe(expected, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task A_timer_that_has_done_nothing_for_a_quarter_of_an_hour_is_an_alert_though_nothing_at_all_was_measured(string file)
    {
        var rule = (await bicep.PredictAsync(file)).OfType(LogRules).Single(r => r.Properties["displayName"].Is("FuncQueue: timers"));
        rule.Properties["windowSize"].Is("PT15M").ShouldBeTrue();
        var criterion = rule.At("criteria.allOf")![0]!;
        criterion["operator"].Is("LessThan").ShouldBeTrue();
        criterion["threshold"].Is(1).ShouldBeTrue();
        criterion["dimensions"]![0]!["name"].Is("timer").ShouldBeTrue();
        // A timer that was never measured has no row of its own: the query adds a zero for each that the app has.
        var query = criterion["query"]!.GetValue<string>();
        var rows = Regex.Match(query, @"datatable\(timer: string, value: real\)\[(?<rows>[^\]]+)\]").Groups["rows"].Value;
        var named = Regex.Matches(rows, @"'(?<name>\w+)', 0\.0").Select(row => row.Groups["name"].Value);
        named.ShouldBe(TimerFunctions.Names, ignoreOrder: true);
        query.ShouldContain("isempty(tostring(customDimensions['error.type']))");
        // Each timer runs several times in that while.
        foreach (var setting in TimerFunctions.ScheduleSettings)
        {
            var text = (await bicep.PredictAsync(file)).AppSettings[setting];
            var schedule = CrontabSchedule.Parse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = true });
            schedule.GetNextOccurrences(Midnight, Midnight.AddMinutes(15)).Count().ShouldBeGreaterThanOrEqualTo(2, setting);
        }
    }

    [Theory]
    [InlineData("dev", 512)]
    [InlineData("prod", 2048)]
    public async Task An_instance_that_uses_most_of_its_memory_is_an_alert(string file, long megabytes)
    {
        var deployment = await bicep.PredictAsync(file);
        var app = deployment.Only("Microsoft.Web/sites");
        app.At("functionAppConfig.scaleAndConcurrency.instanceMemoryMB").Is(megabytes).ShouldBeTrue();
        var criterion = deployment.OfType(MetricRules).Single(r => r.Properties["scopes"]![0].Is(app.Id)).At("criteria.allOf")![0]!;
        var limit = criterion["threshold"]!.GetValue<long>();
        limit.ShouldBeInRange(megabytes * 1024 * 1024 * 84 / 100, megabytes * 1024 * 1024 * 85 / 100);
        criterion["operator"].Is("GreaterThan").ShouldBeTrue();
        // Each instance by itself: many idle ones do not hide one that is short.
        criterion["dimensions"]![0]!["values"]!.AsArray().ShouldHaveSingleItem().Is("*").ShouldBeTrue();
    }

    [Fact]
    public async Task Health_is_asked_from_outside_and_its_failure_is_an_alert()
    {
        var deployment = await bicep.PredictAsync("prod");
        var test = deployment.Only("Microsoft.Insights/webtests");
        test.At("Request.RequestUrl")!.GetValue<string>().ShouldContain("/health");
        test.At("Frequency").Is(300).ShouldBeTrue();
        test.At("Locations")!.AsArray().Count.ShouldBeGreaterThanOrEqualTo(5);
        var insights = deployment.Only("Microsoft.Insights/components").Id;
        test.Tags!["hidden-link:" + insights].Is("Resource").ShouldBeTrue();
        var alert = deployment.OfType(MetricRules).Where(IsHealth).ShouldHaveSingleItem();
        alert.At("criteria.webTestId").Is(test.Id).ShouldBeTrue();
        alert.At("criteria.componentId").Is(insights).ShouldBeTrue();
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod-private")]
    public async Task Where_nobody_would_be_woken_or_nothing_can_be_reached_health_is_not_asked_from_outside(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        deployment.OfType("Microsoft.Insights/webtests").ShouldBeEmpty();
        deployment.OfType(MetricRules).ShouldAllBe(rule => !IsHealth(rule));
    }

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Every_alert_tells_the_same_people(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var people = deployment.Only("Microsoft.Insights/actionGroups").Id;
        foreach (var rule in deployment.OfType(LogRules))
            rule.At("actions.actionGroups")!.AsArray().ShouldHaveSingleItem().Is(people).ShouldBeTrue(rule.ToString());
        foreach (var rule in deployment.OfType(MetricRules))
            rule.Properties["actions"]!.AsArray().ShouldHaveSingleItem()!["actionGroupId"].Is(people).ShouldBeTrue(rule.ToString());
    }

    [Fact]
    public async Task The_workbook_shows_depth_age_throughput_and_dead_letters_of_each_queue_from_what_is_emitted()
    {
        var deployment = await bicep.PredictAsync("dev");
        var workbook = deployment.Only("Microsoft.Insights/workbooks");
        workbook.Properties["sourceId"].Is(deployment.Only("Microsoft.Insights/components").Id).ShouldBeTrue();
        var items = JsonNode.Parse(workbook.Properties["serializedData"]!.GetValue<string>())!["items"]!.AsArray();
        var charts = items
            .Where(i => i!["type"]!.GetValue<int>() == 3)
            .ToDictionary(i => i!["name"]!.GetValue<string>(), i => new Kql(i!["content"]!["query"]!.GetValue<string>()));
        charts.Keys.ShouldBe(["depth", "age", "throughput", "dead letters", "latency", "records", "lag", "group lag"], ignoreOrder: true);
        foreach (var chart in charts.Values)
        {
            chart.ShouldNameWhatIsEmitted();
            chart.Dimensions.ShouldContain("messaging.destination.name");
        }

        charts["throughput"].Metrics.ShouldBe(["messaging.client.sent.messages", "messaging.client.consumed.messages"]);
        charts["records"].Metrics.ShouldBe(["funcqueue.topic.published", "funcqueue.topic.forwarded"]);
        charts["lag"].Metrics.ShouldBe(["funcqueue.topic.lag"]);
        charts["group lag"].Metrics.ShouldBe(["funcqueue.group.lag_time"]);
        charts["dead letters"].Comparisons.ShouldBe([("funcqueue.message.status", "deadLettered")]);
        foreach (
            var parameter in items.Single(i => i!["type"]!.GetValue<int>() == 9)!["content"]!["parameters"]!
                .AsArray()
                .Where(p => p!["query"] is not null)
        )
            new Kql(parameter!["query"]!.GetValue<string>()).ShouldNameWhatIsEmitted();
    }

    private static bool IsHealth(PredictedResource rule) =>
        rule.At("criteria")!["odata.type"].Is("Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria");
}
