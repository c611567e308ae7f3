using FuncQueue.Worker.Tests.Support;

namespace FuncQueue.Worker.Tests.Answers;

/// <summary>LocalHost, which a developer runs, and the worker under a Functions host give the same answers to the same requests.</summary>
public sealed class SameAnswersTests(WorkerFixture app)
{
    [Fact]
    public async Task LocalHost_and_the_worker_give_the_same_answers()
    {
        await using var local = await FuncQueue.Tests.Support.AppProcess.StartAsync(
            app.Environment(new() { ["FuncQueue__RegistryTable"] = "answerslocal" })
        );
        await using var deployed = await WorkerApp.StartAsync(app.Environment(new() { ["FuncQueue__RegistryTable"] = "answersworker" }));
        var (here, there) = (
            new Transcript(new Uri(local.Address), app.Client.Key),
            new Transcript(new Uri(deployed.Address), app.Client.Key)
        );
        var differences = new List<string>();
        foreach (var step in AskedTable.All)
        {
            var (expected, actual) = (await here.AnswerAsync(step), await there.AnswerAsync(step));
            if (expected != actual)
                differences.Add($"{step}\nLocalHost: {expected}\nworker: {actual}");
        }

        differences.ShouldBeEmpty(string.Join("\n\n", differences));
    }

    [Fact]
    public void Every_operation_of_the_document_is_in_the_table_and_every_example_is_sent()
    {
        var document = OpenApiDocument.Load();
        var operations = document.Operations().Select(o => document.Root["paths"]![o.Path]![o.Method]!).ToList();
        AskedTable
            .All.Select(s => s.Operation)
            .OfType<string>()
            .Distinct()
            .ShouldBe(operations.Select(o => o["operationId"]!.GetValue<string>()), ignoreOrder: true);
        foreach (var operation in operations.Where(o => o["requestBody"]?["content"]?["application/json"]?["example"] is not null))
            AskedTable.All.ShouldContain(s => s.Operation == operation["operationId"]!.GetValue<string>() && s.Body == "[example]");
    }
}
