namespace FuncQueue.Infra.Tests;

/// <summary>Alerts and charts look at what is really measured, by the engine or by Azure.</summary>
public sealed class AlertTests(BicepServer bicep)
{
    private const string LogRules = "Microsoft.Insights/scheduledQueryRules";
    private const string MetricRules = "Microsoft.Insights/metricAlerts";

    /// <summary>Metrics that Azure has of a resource of a type, with their dimensions (Azure Monitor's reference of supported metrics).</summary>
    private static readonly Dictionary<(string Type, string Metric), string[]> OfAzure = new()
    {
        [("Microsoft.Storage/storageAccounts", "Availability")] = ["GeoType", "ApiName", "Authentication"],
        [("Microsoft.Storage/storageAccounts", "Transactions")] = ["ResponseType", "GeoType", "ApiName", "Authentication", "TransactionType"],
    };

    /// <summary>Tables that Application Insights fills by itself once the app answers requests, and their columns.</summary>
    private static readonly Dictionary<string, string[]> OfInsights = new() { ["requests"] = ["resultCode", "cloud_RoleName"] };

    public static TheoryData<string> ParameterFiles => InfraFolder.ParameterFiles;

    [Theory]
    [MemberData(nameof(ParameterFiles))]
    public async Task Every_log_alert_names_what_is_emitted(string file)
    {
        var deployment = await bicep.PredictAsync(file);
        var rules = deployment.OfType(LogRules);
        rules.Count.ShouldBe(3);
        foreach (var rule in rules)
        {
            rule.Properties["scopes"]!.AsArray().ShouldHaveSingleItem().Is(deployment.Only("Microsoft.Insights/components").Id).ShouldBeTrue();
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
        var rules = (await bicep.PredictAsync(file)).OfType(LogRules).ToDictionary(r => r.Properties["displayName"]!.GetValue<string>(), r => r.At("criteria.allOf")![0]!);
        Watches("FuncQueue: dead-letters", "funcqueue.queue.depth", "queue");
        Watches("FuncQueue: oldest-message", "funcqueue.queue.oldest_message_age", "queue");
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
        var data = deployment.OfType("Microsoft.Storage/storageAccounts").Where(a => a.Name != deployment.AppSettings["AzureWebJobsStorage__accountName"]).Select(a => a.Id).ToList();
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

        watched.ShouldBe(data.SelectMany(id => new[] { (id, "Transactions"), (id, "Availability") }), ignoreOrder: true);
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
        var charts = items.Where(i => i!["type"]!.GetValue<int>() == 3).ToDictionary(i => i!["name"]!.GetValue<string>(), i => new Kql(i!["content"]!["query"]!.GetValue<string>()));
        charts.Keys.ShouldBe(["depth", "age", "throughput", "dead letters", "latency"], ignoreOrder: true);
        foreach (var chart in charts.Values)
        {
            chart.ShouldNameWhatIsEmitted();
            chart.Dimensions.ShouldContain("messaging.destination.name");
        }

        charts["throughput"].Metrics.ShouldBe(["messaging.client.sent.messages", "messaging.client.consumed.messages"]);
        charts["dead letters"].Comparisons.ShouldBe([("funcqueue.message.status", "deadLettered")]);
        foreach (var parameter in items.Single(i => i!["type"]!.GetValue<int>() == 9)!["content"]!["parameters"]!.AsArray().Where(p => p!["query"] is not null))
            new Kql(parameter!["query"]!.GetValue<string>()).ShouldNameWhatIsEmitted();
    }

    private static bool IsHealth(PredictedResource rule) => rule.At("criteria")!["odata.type"].Is("Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria");
}
