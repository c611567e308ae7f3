namespace FuncQueue.App.Tests;

/// <summary>
/// The Azurite that the app starts for itself: what was acknowledged is there after the app was killed, and no file is taken for what it is
/// not.
/// </summary>
public sealed class LocalStorageTests : IDisposable
{
    private const string TableFile = "__azurite_db_table__.json";

    /// <summary>A place of its own with the repository's Azurite.</summary>
    private readonly string folder = Directory.CreateTempSubdirectory("funcqueue-local-").FullName;

    public LocalStorageTests()
    {
        File.WriteAllText(Path.Combine(folder, "azurite.json"), """{"location":"data","blobPort":0,"queuePort":0,"tablePort":0}""");
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), "{}");
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(root.FullName, "node_modules", "azurite")))
            root = root.Parent!;
        Directory.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(root.FullName, "node_modules"));
    }

    public void Dispose()
    {
        Directory.Delete(Path.Combine(folder, "node_modules"));
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // An Azurite that a test has left may write yet.
        }
    }

    [Fact]
    public async Task A_killed_app_loses_nothing_that_was_acknowledged_though_it_is_started_again_at_once()
    {
        var ids = new List<string>();
        string queue;
        await using (var killed = await StartAsync())
        {
            var client = new ApiClient(killed.Address);
            queue = await client.QueueAsync();
            for (var i = 0; i < 4; i++)
                ids.Add(await client.EnqueueAsync(queue, new byte[i * 20_000]));
            killed.Kill();
        }

        await using var next = await StartAsync();
        var messages = await new ApiClient(next.Address).DequeueAsync(queue, "?maxMessages=10");
        messages.Select(m => m!["messageId"]!.GetValue<string>()).ShouldBe(ids, ignoreOrder: true);
        (await next.InterruptAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("", "is empty or breaks off")]
    [InlineData("half", "is empty or breaks off")]
    public async Task A_data_file_that_is_empty_or_breaks_off_ends_the_start_with_a_line_that_names_it(string kept, string says)
    {
        await using (var app = await StartAsync())
        {
            await new ApiClient(app.Address).QueueAsync();
            (await app.InterruptAsync()).ShouldBe(0);
        }

        var file = Path.Combine(folder, "data", TableFile);
        var whole = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, kept == "half" ? whole[..(whole.Length / 2)] : kept);
        var (exitCode, output) = await AppProcess.RunInAsync(folder, new Dictionary<string, string?>(), "--urls", "http://127.0.0.1:0");
        exitCode.ShouldBe(1);
        var line = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem();
        line.ShouldContain(file);
        line.ShouldContain(says);
        // Nothing was made of it: put back, the queue is there.
        await File.WriteAllTextAsync(file, whole);
        await using var again = await StartAsync();
        (await new ApiClient(again.Address).GetAsync("/queues")).Json["queues"]!.AsArray().ShouldHaveSingleItem();
    }

    private Task<AppProcess> StartAsync() => AppProcess.StartAsync(new Dictionary<string, string?>(), folder);
}
