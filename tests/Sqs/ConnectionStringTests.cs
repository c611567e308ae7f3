namespace FuncQueue.Sqs.Tests;

/// <summary>A connection string that is none keeps the app from starting; what it holds may yet be a key.</summary>
public sealed class ConnectionStringTests
{
    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=not/base64-4be1;EndpointSuffix=core.windows.net")]
    [InlineData("AccountKey=c2VjcmV0LTRiZTE=")]
    [InlineData("UseDevelopmentStorage=maybe;AccountKey=c2VjcmV0LTRiZTE=")]
    public async Task A_connection_that_is_none_is_named_and_not_repeated(string connection)
    {
        var (exitCode, output) = await AppProcess.RunAsync(
            new Dictionary<string, string?> { ["FuncQueueStorage"] = connection },
            "--urls",
            "http://127.0.0.1:0"
        );
        exitCode.ShouldBe(1);
        output.ShouldContain("FuncQueueStorage is no connection string");
        output.ShouldNotContain("4be1");
        output.ShouldNotContain("c2VjcmV0");
    }
}
