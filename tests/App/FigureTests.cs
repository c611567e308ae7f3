using System.Globalization;

namespace FuncQueue.App.Tests;

/// <summary>Figures of queues: the backlog, the list with counts, the history.</summary>
public sealed class FigureTests(AppFixture app)
{
    /// <summary>For what the next sweep tells: a timer of a minute, on a machine that has other work.</summary>
    private const int Sweeps = 300;

    private readonly ApiClient client = app.Client;

    [Fact]
    public async Task The_backlog_is_what_is_ready_leased_and_due_in_numbers()
    {
        var queue = await client.QueueAsync();
        (await BacklogAsync(queue)).ShouldBe((0, 0, 0, 0));
        var asked = TimeProvider.System.GetUtcNow();
        (await client.GetAsync(queue + "/backlog")).Json["asOf"]!
            .GetValue<long>()
            .ShouldBeInRange(asked.AddHours(-1).ToUnixTimeSeconds(), asked.AddHours(1).ToUnixTimeSeconds());
        for (var i = 0; i < 3; i++)
            await client.PostAsync(queue + "/messages");
        await client.PostAsync(queue + "/messages?delaySeconds=3600");
        (await client.DequeueAsync(queue, "?visibilityTimeoutSeconds=3600")).Count.ShouldBe(1);
        await Until.TrueAsync(
            async () => await BacklogAsync(queue) == (3, 2, 1, 0),
            "what is leased is in the backlog, what is scheduled is not",
            Sweeps
        );
        // What is scheduled for now is, wherever it stands.
        await client.PostAsync(queue + "/messages?delaySeconds=1");
        await Until.TrueAsync(async () => (await BacklogAsync(queue)).Backlog == 4, "what has come due is in the backlog", Sweeps);
    }

    [Fact]
    public async Task The_list_with_counts_has_what_each_queue_has()
    {
        var queue = await client.QueueAsync();
        var name = queue["/queues/".Length..];
        await client.PostAsync(queue + "/messages");
        await client.PostAsync(queue + "/messages?delaySeconds=3600");
        await Until.TrueAsync(
            async () =>
            {
                var listed = (await client.GetAsync($"/queues?prefix={name}&counts=true")).Json["queues"]!.AsArray()[0]!;
                var exact = (await client.GetAsync(queue)).Json;
                return listed["name"]!.GetValue<string>() == name
                    && JsonNode.DeepEquals(listed["counts"], exact["counts"])
                    && listed["oldestMessageAgeSeconds"]!.GetValue<long>() >= 0
                    && listed["asOf"]!.GetValue<string>().EndsWith('Z');
            },
            "the list says what the queue says",
            Sweeps
        );
        foreach (var plain in new[] { $"/queues?prefix={name}", $"/queues?prefix={name}&counts=false" })
            (await client.GetAsync(plain)).Json["queues"]!.AsArray()[0]!.AsObject().ContainsKey("counts").ShouldBeFalse();
        foreach (var wrong in new[] { "/queues?counts=yes", "/queues?counts=true&counts=true", "/queues?counts=true&maxResults=0" })
            (await client.GetAsync(wrong)).Code.ShouldBe("invalid-request");
    }

    [Fact]
    public async Task The_history_has_a_sample_once_a_sweep_has_come_by()
    {
        var queue = await client.QueueAsync();
        (await client.GetAsync(queue + "/history")).Json.ToJsonString().ShouldBe("""{"samples":[]}""");
        await client.PostAsync(queue + "/messages");
        await Until.TrueAsync(
            async () =>
                (await client.GetAsync(queue + "/history?hours=1")).Json["samples"]!
                    .AsArray()
                    .Any(s => s!["counts"]!["ready"]!.GetValue<long>() == 1 && s["oldestMessageAgeSeconds"]!.GetValue<long>() >= 0),
            "a sweep takes a sample",
            Sweeps
        );
    }

    [Theory]
    [InlineData("/backlog?colour=red", 400, "invalid-request")]
    [InlineData("/history?hours=0", 400, "invalid-request")]
    [InlineData("/history?hours=169", 400, "invalid-request")]
    [InlineData("/history?hours=1.5", 400, "invalid-request")]
    [InlineData("/history?hours=many&colour=red", 400, "invalid-request")]
    public async Task What_is_asked_wrongly_is_refused(string url, int status, string code)
    {
        var queue = await client.QueueAsync();
        var answer = await client.GetAsync(queue + url);
        ((int)answer.Status, answer.Code).ShouldBe((status, code));
        foreach (var route in new[] { "/backlog", "/history" })
            (await client.GetAsync("/queues/nobodys" + route)).Code.ShouldBe("queue-not-found");
    }

    /// <summary>
    /// KEDA's metrics-api scaler: a GET that shows a bearer token, and of the answer the value at a path, which must be a JSON number, or a
    /// string that is a Kubernetes quantity; else the scaler fails.
    /// </summary>
    [Theory]
    [InlineData("backlog", 2)]
    [InlineData("ready", 2)]
    [InlineData("leased", 0)]
    [InlineData("due", 0)]
    [InlineData("oldestMessageAgeSeconds", null)]
    [InlineData("asOf", null)]
    public async Task A_scaler_that_reads_numbers_can_scale_by_each_of_them(string valueLocation, int? expected)
    {
        var queue = await client.QueueAsync();
        await client.PostAsync(queue + "/messages");
        await client.PostAsync(queue + "/messages");
        double value = -1;
        await Until.TrueAsync(
            async () =>
            {
                using var scaler = new HttpClient { BaseAddress = client.Base };
                if (client.Key is { } key)
                    scaler.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {key}");
                using var answer = await scaler.GetAsync(new Uri(queue + "/backlog", UriKind.Relative));
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                value = MetricOf(await answer.Content.ReadAsStringAsync(), valueLocation);
                return expected is null || value == expected;
            },
            $"{valueLocation} is {expected}",
            Sweeps
        );
        value.ShouldBeGreaterThanOrEqualTo(0);
    }

    private static double MetricOf(string json, string valueLocation)
    {
        var at = JsonNode.Parse(json)![valueLocation];
        at.ShouldNotBeNull($"valueLocation {valueLocation} not found");
        return at.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.Number => at.GetValue<double>(),
            System.Text.Json.JsonValueKind.String => double.Parse(at.GetValue<string>(), CultureInfo.InvariantCulture),
            var other => throw new FormatException(
                $"valueLocation must point to value of type number or a string representing a Quantity got: '{other}'"
            ),
        };
    }

    private async Task<(long Backlog, long Ready, long Leased, long Due)> BacklogAsync(string queue)
    {
        var json = (await client.GetAsync(queue + "/backlog")).Json;
        return (Number("backlog"), Number("ready"), Number("leased"), Number("due"));

        long Number(string member) => json[member]!.GetValue<long>();
    }
}
