namespace SkPaged.Connector.Tests.Scripted;

/// <summary>Chat templates in the manner of each family's, with one frame for turns.</summary>
internal static class FamilyTemplates
{
    /// <summary>As of Llama 3.1: text or one call a turn.</summary>
    public const string Llama =
        """
        {%- for tool in tools or [] %}
        {{- 'Respond in the format {"name": function name, "parameters": dictionary}.\n' }}
        {{- (tool | tojson) + '\n' }}
        {%- endfor %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' }}
        {%- if message.tool_calls %}
        {%- if message.tool_calls | length != 1 %}
        {{- raise_exception('This model only supports single tool-calls at once!') }}
        {%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}' }}
        {%- else %}
        {{- message.content }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of Mistral v3: an array of calls.</summary>
    public const string Mistral =
        """
        {%- if tools %}{{- '[AVAILABLE_TOOLS] ' + (tools | tojson) + '\n' }}{%- endif %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- if message.tool_calls %}
        {{- '[TOOL_CALLS] [' }}
        {%- for call in message.tool_calls %}
        {{- ', ' if not loop.first }}
        {{- '{"name": "' + call.function.name + '", "arguments": ' }}
        {{- (call.function.arguments | tojson) + '}' }}
        {%- endfor %}
        {{- ']' }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;

    /// <summary>As of newer Mistral models: name and arguments of each call.</summary>
    public const string MistralNamed =
        """
        {%- if tools %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '\n' }}{%- endif %}
        {%- for message in messages %}
        {{- '<|im_start|>' + message.role + '\n' + message.content }}
        {%- for call in message.tool_calls or [] %}
        {{- '[TOOL_CALLS]' + call.function.name + '[ARGS]' + (call.function.arguments | tojson) }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
        {%- endfor %}
        {{- '<|im_start|>assistant\n' }}
        """;
}
