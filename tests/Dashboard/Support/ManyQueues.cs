using Azure.Data.Tables;
using FuncQueue.Engine;

namespace FuncQueue.Dashboard.Tests.Support;

/// <summary>Two apps: one with nothing, and one with 1,000 queues, beside one that has more than 10,000 dead letters.</summary>
public sealed class ManyQueues(AppFixture app) : IAsyncLifetime
{
    private const int Queues = 1000;
    private const int Dead = Limits.MaxExaminedDeadLetters + 100;

    /// <summary>Most operations in a transaction of Table Storage.</summary>
    private const int MaxOperations = 100;

    private readonly string registry = "many" + Guid.NewGuid().ToString("N");

    public AppProcess None { get; private set; } = null!;

    public AppProcess Full { get; private set; } = null!;

    /// <summary>The path of the queue with the dead letters.</summary>
    public string Letters { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        None = await StartAsync("none" + Guid.NewGuid().ToString("N"));
        Full = await StartAsync(registry);
        var client = new ApiClient(Full.Address);
        (await client.PutAsync("/queues/many-0000")).Status.ShouldBe(HttpStatusCode.Created);
        await CopyAsync();
        Letters = await client.QueueAsync();
        var left = Dead;
        await Parallel.ForAsync(0, Dead / 100, Few, async (_, _) => await FillAsync(client));
        await Parallel.ForAsync(
            0,
            Few.MaxDegreeOfParallelism,
            Few,
            async (_, _) =>
            {
                while (Volatile.Read(ref left) > 0)
                    Interlocked.Add(ref left, -await GiveUpAsync(client));
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (None is not null)
            await None.DisposeAsync();
        if (Full is not null)
            await Full.DisposeAsync();
    }

    private static ParallelOptions Few => new() { MaxDegreeOfParallelism = 4 };

    private Task<AppProcess> StartAsync(string table) =>
        AppProcess.StartAsync(app.Environment(new() { ["FuncQueue__RegistryTable"] = table }));

    /// <summary>Names for the one queue, as many as are wanted: to make each would take minutes.</summary>
    private async Task CopyAsync()
    {
        var table = new TableClient(app.ConnectionString, registry);
        TableEntity? made = null;
        await foreach (var row in table.QueryAsync<TableEntity>())
            made = row.RowKey.EndsWith("many-0000", StringComparison.Ordinal) && row.RowKey.Length < 20 ? row : made;
        var key = made!.RowKey[..^4];
        foreach (var numbers in Enumerable.Range(1, Queues - 1).Chunk(MaxOperations))
        {
            await table.SubmitTransactionAsync(
                numbers.Select(i => new TableTransactionAction(
                    TableTransactionActionType.Add,
                    new TableEntity(made.Where(p => p.Key != "odata.etag").ToDictionary()) { RowKey = $"{key}{i:0000}" }
                ))
            );
        }
    }

    // Past the checks of each answer against the document, which take longer than the answers.

    private async Task FillAsync(ApiClient client)
    {
        var messages = new JsonArray([.. Enumerable.Range(0, 100).Select(i => (JsonNode)new JsonObject { ["body"] = $"letter {i}" })]);
        await PostAsync(client, "/messages/batch", new JsonObject { ["messages"] = messages });
    }

    /// <summary>Makes dead letters of up to 100 messages; of how many.</summary>
    private async Task<int> GiveUpAsync(ApiClient client)
    {
        var taken = (await PostAsync(client, "/messages/dequeue?maxMessages=100", null))["messages"]!.AsArray();
        if (taken.Count == 0)
            return 0;
        var request = new JsonObject
        {
            ["receipts"] = new JsonArray([.. taken.Select(m => (JsonNode)m!["receipt"]!.GetValue<string>())]),
            ["reason"] = "timeout calling the warehouse",
        };
        var answer = await PostAsync(client, "/messages/deadletter", request);
        return answer["results"]!.AsArray().Count(r => r!["status"]!.GetValue<string>() == "ok");
    }

    private async Task<JsonNode> PostAsync(ApiClient client, string path, JsonObject? json)
    {
        using var answer = await client.Http.PostAsync(Letters + path, json is null ? null : ApiClient.Json(json.ToJsonString()));
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }
}
