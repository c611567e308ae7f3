using System.Text;

namespace FuncQueue.App.Tests.Hosting;

/// <summary>The README's first command, as it is typed.</summary>
public sealed class DotnetRunTests(AppFixture app)
{
    [Fact]
    public async Task Dotnet_run_starts_the_app_and_a_message_goes_through_its_life()
    {
        await using var run = await AppProcess.RunProjectAsync(Path.Combine(Repository.Root, "functions", "App"), app.Environment([]));
        var client = new ApiClient(run.Address);
        var queue = await client.QueueAsync();
        await client.EnqueueAsync(queue, Encoding.UTF8.GetBytes("hello"));
        var message = (await client.DequeueAsync(queue)).ShouldHaveSingleItem()!;
        message["body"]!.GetValue<string>().ShouldBe("hello");
        (await client.SettleAsync(queue, "ack", message)).ShouldBe("ok");
        (await client.CountsAsync(queue)).ShouldBe("""{"ready":0,"leased":0,"scheduled":0,"deadLettered":0}""");
    }
}
