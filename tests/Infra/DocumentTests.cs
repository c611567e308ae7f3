namespace FuncQueue.Infra.Tests;

/// <summary>What a document tells its reader to put into a parameter file is taken.</summary>
public sealed class DocumentTests(BicepServer bicep)
{
    [Fact]
    public async Task Parameters_of_documents_fit_the_template()
    {
        var blocks = FencedBlock.All.Where(block => block.Language == "bicep").ToList();
        blocks.ShouldNotBeEmpty();
        foreach (var block in blocks)
        {
            using var copy = new InfraCopy();
            var file = copy.File("dev.bicepparam");
            var parameters = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            await copy.WriteAsync("dev.bicepparam", $"{parameters}\n{block.Code}");
            (await bicep.PredictAsync(file, $"dev with what {block.Document} shows")).Resources.ShouldNotBeEmpty();
        }
    }
}
