using FuncQueue.LocalHost.Azurite;

namespace FuncQueue.App.Tests;

/// <summary>Several storage accounts, told to the app as Azure tells them: by a list of settings.</summary>
public sealed class AccountsTests(AppFixture app)
{
    [Fact]
    public async Task A_list_of_connections_spreads_queues_over_the_accounts_and_health_speaks_for_all()
    {
        await using var second = await AzuriteServer.StartForTestsAsync();
        await using var spread = await AppProcess.StartAsync(
            new Dictionary<string, string?>
            {
                ["FuncQueueStorage__0"] = app.ConnectionString,
                ["FuncQueueStorage__1"] = second.ConnectionString,
                ["FuncQueue__RegistryTable"] = "accounts",
            }
        );
        var client = new ApiClient(spread.Address);
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.OK);
        var queues = new List<string>();
        for (var i = 0; i < 16; i++)
        {
            queues.Add(await client.QueueAsync());
            await client.EnqueueAsync(queues[i], $"to {queues[i]}");
        }

        foreach (var queue in queues)
            (await client.DequeueAsync(queue))[0]!["body"]!.GetValue<string>().ShouldBe($"to {queue}");
        await second.DisposeAsync();
        (await client.GetAsync("/health")).Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var answers = await Task.WhenAll(queues.Select(queue => client.PostAsync(queue + "/messages")));
        answers.Select(a => a.Status).Distinct().ShouldBe([HttpStatusCode.Created, HttpStatusCode.ServiceUnavailable], ignoreOrder: true);
    }
}
