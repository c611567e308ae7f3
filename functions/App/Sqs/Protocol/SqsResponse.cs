using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml;
using FuncQueue.Functions.Sqs.Errors;

namespace FuncQueue.Functions.Sqs.Protocol;

/// <summary>The protocol a caller speaks.</summary>
internal enum SqsProtocol
{
    /// <summary>AWS JSON 1.0, since 2023.</summary>
    Json,

    /// <summary>Form-encoded requests and XML answers.</summary>
    Query,

    /// <summary>Form-encoded requests whose callers accept JSON only: the same answers, element for element.</summary>
    QueryJson,
}

/// <summary>
/// An answer of SQS, or of another service at the same address. Exposes nothing: the real worker also serialises public properties of
/// results.
/// </summary>
internal sealed class SqsResponse(AwsService service, SqsProtocol protocol, string action, SqsAnswer answer) : IResult
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Carriage returns are written as entities: a reader would turn plain ones into line feeds, and bodies would not be what they were.
    private static readonly XmlWriterSettings XmlOptions = new()
    {
        NewLineHandling = NewLineHandling.Entitize,
        OmitXmlDeclaration = false,
        Encoding = new System.Text.UTF8Encoding(false),
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var id = Guid.NewGuid().ToString();
        response.StatusCode = answer.Error?.Status ?? StatusCodes.Status200OK;
        response.Headers["x-amzn-RequestId"] = id;
        var body = new ArrayBufferWriter<byte>();
        if (protocol == SqsProtocol.Json)
        {
            response.ContentType = "application/x-amz-json-1.0";
            if (answer.Error is { } error)
                response.Headers["x-amzn-query-error"] = $"{error.Code};{FaultOf(error)}";
            WriteJson(body);
        }
        else if (protocol == SqsProtocol.QueryJson)
        {
            response.ContentType = "application/json";
            WriteQueryJson(body, id);
        }
        else
        {
            response.ContentType = "text/xml";
            WriteXml(body, id);
        }

        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
    }

    private void WriteJson(ArrayBufferWriter<byte> body)
    {
        using var writer = new Utf8JsonWriter(body, JsonOptions);
        writer.WriteStartObject();
        if (answer.Error is { } error)
        {
            writer.WriteString("__type", error.Type);
            writer.WriteString("message", error.Message);
        }
        else
        {
            answer.WriteTo(new JsonOutput(writer));
        }

        writer.WriteEndObject();
    }

    private void WriteQueryJson(ArrayBufferWriter<byte> body, string id)
    {
        using var writer = new Utf8JsonWriter(body, JsonOptions);
        writer.WriteStartObject();
        if (answer.Error is { } error)
        {
            writer.WriteStartObject("Error");
            writer.WriteString("Type", FaultOf(error));
            writer.WriteString("Code", error.Code);
            writer.WriteString("Message", XmlText.Clean(error.QueryMessage ?? error.Message));
            writer.WriteEndObject();
            writer.WriteString("RequestId", id);
        }
        else
        {
            writer.WriteStartObject(action + "Response");
            writer.WriteStartObject(action + "Result");
            answer.WriteTo(new JsonOutput(writer, pairs: true));
            writer.WriteEndObject();
            writer.WriteStartObject("ResponseMetadata");
            writer.WriteString("RequestId", id);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private void WriteXml(ArrayBufferWriter<byte> body, string id)
    {
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, XmlOptions))
        {
            if (answer.Error is { } error)
                WriteError(writer, error, id);
            else
                WriteResult(writer, id);
        }

        body.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private void WriteError(XmlWriter writer, SqsError error, string id)
    {
        writer.WriteStartElement("ErrorResponse", service.Namespace);
        writer.WriteStartElement("Error");
        writer.WriteElementString("Type", FaultOf(error));
        writer.WriteElementString("Code", error.Code);
        writer.WriteElementString("Message", XmlText.Clean(error.QueryMessage ?? error.Message));
        if (service == AwsService.Sqs)
            writer.WriteElementString("Detail", "");
        writer.WriteEndElement();
        writer.WriteElementString("RequestId", id);
        writer.WriteEndElement();
    }

    private void WriteResult(XmlWriter writer, string id)
    {
        writer.WriteStartElement(action + "Response", service.Namespace);
        writer.WriteStartElement(action + "Result");
        answer.WriteTo(service == AwsService.Sqs ? new XmlOutput(writer) : new MemberXmlOutput(writer));
        writer.WriteEndElement();
        writer.WriteStartElement("ResponseMetadata");
        writer.WriteElementString("RequestId", id);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static string FaultOf(SqsError error) => error.SenderFault ? "Sender" : "Receiver";
}
